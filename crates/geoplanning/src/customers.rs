//! Customers: add, read, edit, delete.

use serde::{Deserialize, Serialize};
use vendor_client_core::{
    Creation, Error, FieldName, Json, Path, Validate, Violations, endpoints, redacted_debug,
    setters, validated,
};

use crate::address::{Address, AddressOfCustomer, NewAddress};
use crate::client::Client;
use crate::envelope::{Nothing, envelopes};
use crate::foreign_id::{self, HasForeignId, InPath, Repeated};
use crate::found::Found;
use crate::id::CustomerId;
use crate::list::Apart;
use crate::opening_hours::OpeningHours;
use crate::saved::{self, Saved};
use crate::wire::hours::OfCustomer;
use crate::{UnknownFields, wire};

endpoints! {
    /// The vendor doesn't document what a repeated foreign id does.
    ADD_CUSTOMER = POST "/customers" (), Json<NewCustomer> => CustomerResponse, not_idempotent;
    GET_CUSTOMER = GET "/customers/{id}" Path<CustomerId>, () => CustomerResponse, idempotent;
    GET_CUSTOMER_BY_FOREIGN_ID = GET "/customers/ref/{ref}"
        InPath, () => CustomerResponse, idempotent;
    UPDATE_CUSTOMER = PUT "/customers/{id}"
        Path<CustomerId>, Json<CustomerUpdate> => CustomerResponse, idempotent;
    /// The update repeats the foreign id, so a second call finds the same customer.
    UPDATE_CUSTOMER_BY_FOREIGN_ID = PUT "/customers/ref/{ref}"
        InPath, Repeated<Json<CustomerUpdate>> => CustomerResponse, idempotent;
    /// Deleting twice deletes once; the second response is a 404.
    DELETE_CUSTOMER = DELETE "/customers/{id}" Path<CustomerId>, () => Nothing, idempotent;
    /// A foreign id need not be unique, so deleting twice may delete two.
    DELETE_CUSTOMER_BY_FOREIGN_ID = DELETE "/customers/ref/{ref}" InPath, () => Nothing, not_idempotent;
}

envelopes! {
    CustomerResponse { customer as "customer": Customer }
}

/// The operations on customers; from [`Client::customers`].
///
/// Docs: [Customers](crate::contract::customers).
#[derive(Clone, Copy, Debug)]
pub struct Customers<'a> {
    pub(crate) client: &'a Client,
}

impl Client {
    /// The customers for whom work is done.
    #[must_use]
    pub fn customers(&self) -> Customers<'_> {
        Customers { client: self }
    }
}

impl Customers<'_> {
    /// Adds a customer.
    ///
    /// It is retried only while the service certainly has not acted;
    /// [`add_or_find`](Self::add_or_find) also handles an unknown outcome.
    ///
    /// `POST /customers`. Docs: [Add a customer](crate::contract::customers#add-a-customer).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, NewCustomer};
    /// # async fn run(client: Client, customer: NewCustomer) -> Result<(), geoplanning::Error> {
    /// let customer = client.customers().add(&customer).await?;
    /// println!("added {}", customer.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) with every broken constraint, before
    /// anything is sent; otherwise any [`Error`].
    #[doc(alias = "add_customer")]
    pub async fn add(self, customer: &NewCustomer) -> Result<Customer, Error> {
        self.client.contents(&ADD_CUSTOMER, (), customer).await
    }

    /// Adds a customer so that it is neither lost nor added twice: after an unknown outcome it
    /// waits a little, looks for the `foreignId`, and adds it again only if there is none. It
    /// relies on what [`Activities::add_or_find`](crate::Activities::add_or_find) describes.
    ///
    /// ```no_run
    /// # use geoplanning::{Client, Creation, NewCustomer};
    /// # async fn run(client: Client, customer: NewCustomer) -> Result<(), geoplanning::Error> {
    /// if let Creation::Found(found) = client.customers().add_or_find(&customer).await? {
    ///     println!("a response was lost; found {}", found.thing.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`add`](Self::add), and [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the
    /// customer has no `foreignId`.
    pub async fn add_or_find(
        self,
        customer: &NewCustomer,
    ) -> Result<Creation<Customer, Found<Customer>>, Error> {
        let foreign_id = foreign_id::required(customer, &ADD_CUSTOMER)?;
        let create = || self.add(customer);
        let find = || self.find(foreign_id, customer);
        self.client.transport().create_or_find(create, find).await
    }

    /// Finds a customer by its `foreignId`, and adds it if it is not there. It may be called again at any
    /// time: after a crash, after its future was dropped, after an unknown outcome.
    ///
    /// It looks before the addition and, as [`add_or_find`](Self::add_or_find), after one with an
    /// unknown outcome. Two processes must not add the same foreign id at the same time: each may
    /// look before the other has added it.
    ///
    /// ```no_run
    /// # use geoplanning::{Client, Creation, NewCustomer};
    /// # async fn run(client: Client, customer: NewCustomer) -> Result<(), geoplanning::Error> {
    /// match client.customers().find_or_add(&customer).await? {
    ///     Creation::Created(customer) => println!("added {}", customer.id),
    ///     Creation::Found(found) => println!("there; differs in {:?}", found.differs_in),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`add_or_find`](Self::add_or_find), and those of the look-up.
    pub async fn find_or_add(
        self,
        customer: &NewCustomer,
    ) -> Result<Creation<Customer, Found<Customer>>, Error> {
        let foreign_id = foreign_id::required(customer, &ADD_CUSTOMER)?;
        let create = || self.add(customer);
        let find = || self.find(foreign_id, customer);
        self.client.transport().find_or_create(find, create).await
    }

    /// Adds a customer, or updates the one with its foreign id if it differs in what is given. It may
    /// be called again at any time: a second call with the same customer updates nothing.
    ///
    /// Fields that are `None` stay as the service has them. Opening hours, which the
    /// service does not return, are not compared, and are sent only with another difference.
    /// Two processes must not add the same foreign id at the same time.
    ///
    /// ```no_run
    /// # use geoplanning::{Client, NewCustomer, Saved};
    /// # async fn run(client: Client, customer: NewCustomer) -> Result<(), geoplanning::Error> {
    /// match client.customers().add_or_update(&customer).await? {
    ///     Saved::Added(customer) => println!("added {}", customer.id),
    ///     Saved::Updated(customer) => println!("updated {}", customer.id),
    ///     Saved::Unchanged(_) => {}
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`find_or_add`](Self::find_or_add) and [`update`](Self::update).
    pub async fn add_or_update(self, customer: &NewCustomer) -> Result<Saved<Customer>, Error> {
        let found = match self.find_or_add(customer).await? {
            Creation::Created(added) => return Ok(Saved::Added(added)),
            Creation::Found(found) if found.differs_in.is_empty() => {
                return Ok(Saved::Unchanged(found.thing));
            }
            Creation::Found(found) => found.thing,
        };
        let update = saved::merged(customer, NewCustomer::from_read(&found, None).ok());
        self.update(found.id, &update).await.map(Saved::Updated)
    }

    async fn find(
        self,
        foreign_id: &str,
        sent: &NewCustomer,
    ) -> Result<Option<Found<Customer>>, Error> {
        let is_it = |customer: &Customer| customer.foreign_id.as_deref() == Some(foreign_id);
        let found = self
            .client
            .look_up(&GET_CUSTOMER_BY_FOREIGN_ID, foreign_id, is_it);
        Ok(found.await?.map(|customer| {
            let as_sent = NewCustomer::from_read(&customer, sent.opening_hours.clone()).ok();
            Found::compared(customer, sent, as_sent)
        }))
    }

    /// Reads a customer, without opening hours: the service does not return them.
    ///
    /// `GET /customers/{id}`. Docs: [Get a customer](crate::contract::customers#get-a-customer).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, CustomerId};
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let customer = client.customers().get(CustomerId::new(1)).await?;
    /// println!("{}", customer.name.unwrap_or_default());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such customer; otherwise any [`Error`].
    #[doc(alias = "get_customer")]
    pub async fn get(self, id: CustomerId) -> Result<Customer, Error> {
        self.client.contents(&GET_CUSTOMER, &id, ()).await
    }

    /// Reads a customer by the caller's foreign id, without opening hours.
    ///
    /// `GET /customers/ref/{ref}`. Docs:
    /// [Get a customer](crate::contract::customers#get-a-customer).
    ///
    /// ```no_run
    /// # use geoplanning::Client;
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let customer = client.customers().get_by_foreign_id("C-1").await?;
    /// println!("{}", customer.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get).
    #[doc(alias = "get_customer_by_foreign_id")]
    #[doc(alias = "ref")]
    pub async fn get_by_foreign_id(self, foreign_id: &str) -> Result<Customer, Error> {
        self.client
            .contents(&GET_CUSTOMER_BY_FOREIGN_ID, foreign_id, ())
            .await
    }

    /// Replaces a customer: what the update leaves out becomes blank. Make it from what was read,
    /// with [`CustomerUpdate::from_read`].
    ///
    /// `PUT /customers/{id}`. Docs: [Edit a customer](crate::contract::customers#edit-a-customer).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, CustomerId, CustomerUpdate, OpeningHours};
    /// # async fn run(client: Client, id: CustomerId, hours: OpeningHours) -> Result<(), geoplanning::Error> {
    /// let read = client.customers().get(id).await?;
    /// // The service never returns opening hours, so they have to be given.
    /// let mut update = CustomerUpdate::from_read(&read, Some(hours))?;
    /// update.email = Some("desk@example.com".to_owned());
    /// client.customers().update(id, &update).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) with every broken constraint;
    /// [`is_not_found`](Error::is_not_found) if there is no such customer; otherwise any [`Error`].
    #[doc(alias = "update_customer")]
    pub async fn update(self, id: CustomerId, update: &CustomerUpdate) -> Result<Customer, Error> {
        self.client.contents(&UPDATE_CUSTOMER, &id, update).await
    }

    /// Replaces a customer by the caller's foreign id, which the update repeats: what it leaves out
    /// becomes blank. To change the foreign id, update by id.
    ///
    /// `PUT /customers/ref/{ref}`. Docs:
    /// [Edit a customer](crate::contract::customers#edit-a-customer).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, CustomerUpdate, OpeningHours};
    /// # async fn run(client: Client, hours: OpeningHours) -> Result<(), geoplanning::Error> {
    /// let read = client.customers().get_by_foreign_id("C-1").await?;
    /// let mut update = CustomerUpdate::from_read(&read, Some(hours))?;
    /// update.email = Some("desk@example.com".to_owned());
    /// client.customers().update_by_foreign_id("C-1", &update).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update), and [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if
    /// the update's foreign id differs.
    #[doc(alias = "update_customer_by_foreign_id")]
    #[doc(alias = "ref")]
    pub async fn update_by_foreign_id(
        self,
        foreign_id: &str,
        update: &CustomerUpdate,
    ) -> Result<Customer, Error> {
        self.client
            .contents(
                &UPDATE_CUSTOMER_BY_FOREIGN_ID,
                foreign_id,
                (foreign_id, update),
            )
            .await
    }

    /// Deletes a customer.
    ///
    /// If the response to a first attempt was lost, the second finds the customer gone. The error
    /// is then [`is_not_found`](Error::is_not_found) and
    /// [`may_have_been_applied`](Error::may_have_been_applied) at once.
    ///
    /// `DELETE /customers/{id}`. Docs:
    /// [Delete a customer](crate::contract::customers#delete-a-customer).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, CustomerId};
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// client.customers().delete(CustomerId::new(1)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such customer; otherwise any [`Error`].
    #[doc(alias = "delete_customer")]
    pub async fn delete(self, id: CustomerId) -> Result<(), Error> {
        self.client.contents(&DELETE_CUSTOMER, &id, ()).await
    }

    /// Deletes a customer by the caller's foreign id. A foreign id need not be unique, so the call
    /// is not repeated after an unknown outcome.
    ///
    /// `DELETE /customers/ref/{ref}`. Docs:
    /// [Delete a customer](crate::contract::customers#delete-a-customer).
    ///
    /// ```no_run
    /// # use geoplanning::Client;
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// client.customers().delete_by_foreign_id("C-1").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`delete`](Self::delete).
    #[doc(alias = "delete_customer_by_foreign_id")]
    #[doc(alias = "ref")]
    pub async fn delete_by_foreign_id(self, foreign_id: &str) -> Result<(), Error> {
        self.client
            .contents(&DELETE_CUSTOMER_BY_FOREIGN_ID, foreign_id, ())
            .await
    }
}

impl From<Found<Customer>> for Customer {
    fn from(found: Found<Self>) -> Self {
        found.thing
    }
}

/// A customer, as it is read. It has no opening hours: the service accepts them and does not return
/// them (finding [G-09](crate::contract#g-09)).
///
/// `Debug` shows the id only.
///
/// Docs: [Type: Customer](crate::contract::customers#type-customer).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Customer {
    /// The customer's id. Wire: `id`.
    pub id: CustomerId,
    /// The caller's foreign id. Wire: `foreignId`.
    #[doc(alias = "foreignId")]
    #[serde(rename = "foreignId", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// May be `None` in a task. Wire: `name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// May be `None` in a task. Wire: `address`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Mobile phone number. Wire: `mobileNumber`.
    #[doc(alias = "mobileNumber")]
    #[serde(rename = "mobileNumber", skip_serializing_if = "Option::is_none")]
    pub mobile_number: Option<String>,
    /// Phone number. Wire: `telephoneNumber`.
    #[doc(alias = "telephoneNumber")]
    #[serde(rename = "telephoneNumber", skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// E-mail address. Wire: `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(Customer { id });

impl Customer {
    /// A customer with its id and nothing else.
    #[must_use]
    pub fn new(id: CustomerId) -> Self {
        Self {
            id,
            foreign_id: None,
            name: None,
            address: None,
            mobile_number: None,
            phone_number: None,
            email: None,
            unknown: UnknownFields::new(),
        }
    }
}

impl Apart for Customer {}

/// A customer, as it is sent, to add it or to replace what is there.
///
/// In an update, everything that is `None` becomes blank; opening hours that are `None` are taken
/// to stay, and empty ones to be cleared.
///
/// `Debug` shows the opening hours.
///
/// Docs: [Add a customer](crate::contract::customers#add-a-customer) and
/// [Edit a customer](crate::contract::customers#edit-a-customer).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NewCustomer {
    /// The caller's foreign id, by which the customer can be found; 20 characters at most. Wire:
    /// `foreignId`.
    #[doc(alias = "foreignId")]
    #[serde(rename = "foreignId", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// 150 characters at most. Wire: `name`.
    pub name: String,
    /// Where the customer is. Unlike elsewhere, coordinates alone do not suffice (finding
    /// [G-37](crate::contract#g-37)). Wire: `address`.
    pub address: NewAddress,
    /// 25 characters at most. Wire: `mobileNumber`.
    #[doc(alias = "mobileNumber")]
    #[serde(rename = "mobileNumber", skip_serializing_if = "Option::is_none")]
    pub mobile_number: Option<String>,
    /// 25 characters at most. Wire: `telephoneNumber`.
    #[doc(alias = "telephoneNumber")]
    #[serde(rename = "telephoneNumber", skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// 50 characters at most. Wire: `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When the customer is open. Wire: `openingHours`.
    #[doc(alias = "openingHours")]
    #[serde(
        rename = "openingHours",
        with = "wire::hours::Spelled::<OfCustomer>",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<OfCustomer>>"))]
    pub opening_hours: Option<OpeningHours>,
}

redacted_debug!(NewCustomer { opening_hours });

/// What replaces a customer: all of it, so it is made from what was read, and from the opening
/// hours, which are not.
///
/// ```no_run
/// # use geoplanning::{Client, CustomerId, CustomerUpdate, Error, OpeningHours};
/// # use time::macros::time;
/// # async fn run(client: Client, id: CustomerId) -> Result<(), Error> {
/// let customer = client.customers().get(id).await?;
/// let hours = OpeningHours::monday_to_friday(time!(9:00), time!(18:00));
/// let mut update = CustomerUpdate::from_read(&customer, Some(hours))?;
/// update.email = Some("planning@example.com".to_owned());
/// client.customers().update(id, &update).await?;
/// # Ok(())
/// # }
/// ```
///
/// Docs: [Edit a customer](crate::contract::customers#edit-a-customer).
pub type CustomerUpdate = NewCustomer;

impl NewCustomer {
    /// A customer of which only what is required is set.
    #[must_use]
    pub fn new(name: impl Into<String>, address: impl Into<NewAddress>) -> Self {
        Self {
            foreign_id: None,
            name: name.into(),
            address: address.into(),
            mobile_number: None,
            phone_number: None,
            email: None,
            opening_hours: None,
        }
    }

    /// Everything that was read and can be sent, and the opening hours, which the service never
    /// returns: `None` leaves them as they are, by what the documents say of arrays elsewhere;
    /// [`OpeningHours::none`] clears them.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the customer has no name or no
    /// address, as one inside a task may: read the customer itself.
    pub fn from_read(
        customer: &Customer,
        opening_hours: Option<OpeningHours>,
    ) -> Result<Self, Error> {
        let (Some(name), Some(address)) = (&customer.name, &customer.address) else {
            let mut violations = Violations::new();
            let rule = "must be read with the customer";
            violations.require("name", customer.name.is_some(), rule);
            violations.require("address", customer.address.is_some(), rule);
            return Err(Error::invalid_request(
                UPDATE_CUSTOMER.operation(),
                violations,
            ));
        };
        Ok(Self {
            foreign_id: customer.foreign_id.clone(),
            mobile_number: customer.mobile_number.clone(),
            phone_number: customer.phone_number.clone(),
            email: customer.email.clone(),
            opening_hours,
            ..Self::new(name, address)
        })
    }
}

impl HasForeignId for NewCustomer {
    fn field(&self) -> FieldName<'static> {
        ("foreign_id", "foreignId").into()
    }

    fn foreign_id(&self) -> Option<&str> {
        self.foreign_id.as_deref()
    }
}

setters!(NewCustomer {
    foreign_id: String,
    mobile_number: String,
    phone_number: String,
    email: String,
    opening_hours: OpeningHours,
});

validated!(NewCustomer);

impl Validate for NewCustomer {
    fn validate(&self, violations: &mut Violations) {
        foreign_id::check_not_blank(
            ("foreign_id", "foreignId"),
            self.foreign_id.as_deref(),
            violations,
        );
        let texts = [
            (("foreign_id", "foreignId"), self.foreign_id.as_ref(), 20),
            (("name", "name"), Some(&self.name), 150),
            (
                ("mobile_number", "mobileNumber"),
                self.mobile_number.as_ref(),
                25,
            ),
            (
                ("phone_number", "telephoneNumber"),
                self.phone_number.as_ref(),
                25,
            ),
            (("email", "email"), self.email.as_ref(), 50),
        ];
        for (name, text, most) in texts {
            if let Some(text) = text {
                violations.length(name, text, 0..=most);
            }
        }
        violations.nested("address", &AddressOfCustomer(&self.address));
        if let Some(hours) = &self.opening_hours {
            violations.each(
                ("opening_hours", "openingHours"),
                &wire::hours::spelled::<OfCustomer>(hours),
            );
        }
    }
}
