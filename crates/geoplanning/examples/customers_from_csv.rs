//! Customers from a CSV file, with a progress bar. Run again, it adds what is new.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use geoplanning::{Client, Creation, NewCustomer, StreetAddress};
use indicatif::ProgressBar;
use vendor_sandbox::Sandbox;

/// What `File::open("customers.csv")` would be in a program.
const FILE: &str = "\
number,name,postcode,locality,street
C-1,Café Central,5000,Namur,Rue de Fer
C-2,Boekhandel Janssens,3000,Leuven,Bondgenotenlaan
";

#[derive(serde::Deserialize)]
struct Row {
    number: String,
    name: String,
    postcode: String,
    locality: String,
    street: String,
}

impl From<Row> for NewCustomer {
    fn from(row: Row) -> Self {
        let address = StreetAddress::new("BE", row.postcode, row.locality, row.street);
        let mut customer = Self::new(row.name, address);
        customer.foreign_id = Some(row.number);
        customer
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let service = sandbox.geoplanning();
    let client = Client::builder()
        .base_url(service.base_url())
        .credentials(service.login(), service.password())
        .build()?;
    let rows = csv::Reader::from_reader(FILE.as_bytes()).into_deserialize::<Row>();
    let rows: Vec<Row> = rows.collect::<Result<_, _>>()?;
    let progress = ProgressBar::new(rows.len() as u64);
    let mut results = client
        .customers()
        .add_many(rows.into_iter().map(NewCustomer::from));
    while let Some((customer, result)) = results.next().await {
        let number = customer.foreign_id.unwrap_or_default();
        progress.println(match result {
            Ok(Creation::Created(_)) => format!("{number}: added"),
            Ok(Creation::Found(found)) => format!("{number}: differs in {:?}", found.differs_in),
            Err(error) => format!("{number}: {error}"),
        });
        progress.inc(1);
    }
    progress.finish_and_clear();
    println!("{} added", service.ledger().received("add_customer"));
    Ok(())
}
