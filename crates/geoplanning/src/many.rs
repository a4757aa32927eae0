//! Many additions at once.

use vendor_client_core::{Creation, Many};

use crate::activities::{Activities, Activity, NewActivity};
use crate::customers::{Customer, Customers, NewCustomer};
use crate::found::Found;
use crate::resources::{NewResource, Resource, Resources};

impl Activities<'_> {
    /// Finds and, if they aren't there, adds many activities, as
    /// [`find_or_add`](Self::find_or_add) does one: a stream of activities and their results, in
    /// the order in which they are done.
    ///
    /// A bounded number of calls is under way ([`Many::in_flight`]; default: 8), and activities are
    /// taken from the iterator only as they are needed. One that fails doesn't stop the others, and
    /// one whose response was lost waits for its look without holding them up. If the service
    /// refuses the credentials, the rest comes back with that error, and nothing was sent for it.
    ///
    /// It may be run again at any time with the same activities, for instance after a crash.
    ///
    /// ```no_run
    /// use geoplanning::{Client, NewActivity};
    ///
    /// # async fn run(client: Client, activities: Vec<NewActivity>) {
    /// let mut activities = client.activities().add_many(activities).in_flight(4);
    /// while let Some((activity, result)) = activities.next().await {
    ///     if let Err(error) = result {
    ///         eprintln!("{activity:?}: {error}");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use = "nothing is sent until it is polled"]
    pub fn add_many<New>(
        self,
        activities: New,
    ) -> Many<NewActivity, Creation<Activity, Found<Activity>>>
    where
        New: IntoIterator<Item = NewActivity>,
        New::IntoIter: Send + 'static,
    {
        let client = self.client.clone();
        Many::new(activities, move |new| {
            let client = client.clone();
            async move {
                let creation = client.activities().find_or_add(&new).await;
                (new, creation)
            }
        })
    }
}

impl Customers<'_> {
    /// Finds and, if they aren't there, adds many customers, as [`find_or_add`](Self::find_or_add)
    /// does one and [`Activities::add_many`] explains.
    ///
    /// ```no_run
    /// use geoplanning::{Client, NewCustomer};
    ///
    /// # async fn run(client: Client, customers: Vec<NewCustomer>) {
    /// let mut customers = client.customers().add_many(customers);
    /// while let Some((customer, result)) = customers.next().await {
    ///     if let Err(error) = result {
    ///         eprintln!("{customer:?}: {error}");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use = "nothing is sent until it is polled"]
    pub fn add_many<New>(
        self,
        customers: New,
    ) -> Many<NewCustomer, Creation<Customer, Found<Customer>>>
    where
        New: IntoIterator<Item = NewCustomer>,
        New::IntoIter: Send + 'static,
    {
        let client = self.client.clone();
        Many::new(customers, move |new| {
            let client = client.clone();
            async move {
                let creation = client.customers().find_or_add(&new).await;
                (new, creation)
            }
        })
    }
}

impl Resources<'_> {
    /// Finds and, if they aren't there, adds many resources, as [`find_or_add`](Self::find_or_add)
    /// does one and [`Activities::add_many`] explains.
    ///
    /// ```no_run
    /// use geoplanning::{Client, NewResource};
    ///
    /// # async fn run(client: Client, resources: Vec<NewResource>) {
    /// let mut resources = client.resources().add_many(resources);
    /// while let Some((resource, result)) = resources.next().await {
    ///     if let Err(error) = result {
    ///         eprintln!("{resource:?}: {error}");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use = "nothing is sent until it is polled"]
    pub fn add_many<New>(
        self,
        resources: New,
    ) -> Many<NewResource, Creation<Resource, Found<Resource>>>
    where
        New: IntoIterator<Item = NewResource>,
        New::IntoIter: Send + 'static,
    {
        let client = self.client.clone();
        Many::new(resources, move |new| {
            let client = client.clone();
            async move {
                let creation = client.resources().find_or_add(&new).await;
                (new, creation)
            }
        })
    }
}
