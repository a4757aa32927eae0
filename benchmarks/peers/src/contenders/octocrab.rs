//! (c) Octocrab, with its base URI pointed elsewhere.

use benchmarks::BoxError;

use super::{TOKEN, TOKEN_HEADER};
use crate::calls::{Api, ID, SEARCH};
use crate::visit::{Created, Visit};

pub struct Octocrab(octocrab::Octocrab);

impl Api for Octocrab {
    const NAME: &'static str = "octocrab";

    fn new(server: &str) -> Result<Self, BoxError> {
        let client = octocrab::Octocrab::builder()
            .base_uri(server)?
            .add_header(TOKEN_HEADER.parse()?, TOKEN.to_owned())
            .build()?;
        Ok(Self(client))
    }

    async fn get_one(&self) -> Result<Visit, BoxError> {
        Ok(self.0.get(format!("/visits/{ID}"), None::<&()>).await?)
    }

    async fn list(&self) -> Result<Vec<Visit>, BoxError> {
        Ok(self.0.get("/visits", Some(&SEARCH)).await?)
    }

    async fn create(&self, visit: &Visit) -> Result<Created, BoxError> {
        Ok(self.0.post("/visits", Some(visit)).await?)
    }
}
