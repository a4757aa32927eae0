//! The three calls, made by every contender.

use benchmarks::{BoxError, Contender};
use serde::Serialize;

use crate::contenders::{AzureCore, BareReqwest, Core, HyperUtil, Octocrab, ReqwestMiddleware};
use crate::visit::{Created, Visit};

pub const ID: &str = "5f0c0b1e-2f5d-4c39-9a53-0c9c7f1f8a11";

/// Which visits to list.
#[derive(Clone, Copy, Serialize)]
pub struct Search {
    pub day: &'static str,
    pub limit: u32,
}

pub const SEARCH: Search = Search {
    day: "2026-11-24",
    limit: 30,
};

/// A way of calling the service.
pub trait Api: Sized + 'static {
    const NAME: &'static str;

    fn new(server: &str) -> Result<Self, BoxError>;
    async fn get_one(&self) -> Result<Visit, BoxError>;
    async fn list(&self) -> Result<Vec<Visit>, BoxError>;
    async fn create(&self, visit: &Visit) -> Result<Created, BoxError>;
}

/// Makes one function of contenders for each call.
macro_rules! contenders {
    ($(#[$doc:meta] $name:ident => $call:expr;)+) => {$(
        #[$doc]
        pub fn $name(server: &str) -> Result<Vec<Contender>, BoxError> {
            fn contender<A: Api>(server: &str) -> Result<Contender, BoxError> {
                let api = A::new(server)?;
                let visit = Visit::example();
                let call = $call;
                Ok(Contender::new(A::NAME, async move || call(&api, &visit).await))
            }
            Ok(vec![
                contender::<BareReqwest>(server)?,
                contender::<Core>(server)?,
                contender::<ReqwestMiddleware>(server)?,
                contender::<Octocrab>(server)?,
                contender::<HyperUtil>(server)?,
                contender::<AzureCore>(server)?,
            ])
        }
    )+};
}

contenders! {
    /// A visit of 2 KB.
    get_one => async |api: &A, _: &Visit| api.get_one().await.map(drop);
    /// Thirty visits.
    list => async |api: &A, _: &Visit| api.list().await.map(drop);
    /// A body of 2 KB.
    create => async |api: &A, visit: &Visit| api.create(visit).await.map(drop);
}
