//! Resources: read, add, update, delete.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use vendor_client_core::{
    Creation, Error, FieldName, Json, Path, Validate, Violations, endpoints, read_json,
    redacted_debug, setters, validated,
};

use crate::address::{Address, NewAddress};
use crate::client::Client;
use crate::enumerables::{Enumerable, NewEnumerable};
use crate::envelope::{Nothing, envelopes};
use crate::fields::Fields;
use crate::foreign_id::{self, HasForeignId, InQuery, Repeated};
use crate::found::Found;
use crate::id::{CapacityId, ResourceId};
use crate::list::{Apart, List};
use crate::saved::{self, Saved};
use crate::task::convert;
use crate::wire::open_enum;
use crate::{Properties, UnknownFields};

endpoints! {
    GET_RESOURCE = GET "/resources/{id}"
        (Path<ResourceId>, Fields<ResourceField>), () => ResourceResponse, idempotent;
    GET_RESOURCE_BY_FOREIGN_ID = GET "/resources"
        (InQuery, Fields<ResourceField>), () => ResourceResponse, idempotent;
    /// The vendor doesn't document what a repeated foreign id does.
    ADD_RESOURCE = POST "/resources" (), Json<NewResource> => ResourceResponse, not_idempotent;
    UPDATE_RESOURCE = PUT "/resources/{id}"
        Path<ResourceId>, Json<ResourceUpdate> => ResourceResponse, idempotent;
    /// The update repeats the foreign id, so a second call finds the same resource.
    UPDATE_RESOURCE_BY_FOREIGN_ID = PUT "/resources"
        InQuery, Repeated<Json<ResourceUpdate>> => ResourceResponse, idempotent;
    /// Deleting twice deletes once; the second response is a 404.
    DELETE_RESOURCE = DELETE "/resources/{id}" Path<ResourceId>, () => Nothing, idempotent;
    /// A foreign id need not be unique, so deleting twice may delete two.
    DELETE_RESOURCE_BY_FOREIGN_ID = DELETE "/resources" InQuery, () => Nothing, not_idempotent;
}

envelopes! {
    ResourceResponse { resource as "resource": Resource }
}

/// The operations on resources; from [`Client::resources`].
///
/// Docs: [Resources](crate::contract::resources).
#[derive(Clone, Copy, Debug)]
pub struct Resources<'a> {
    pub(crate) client: &'a Client,
}

impl Client {
    /// The people and vehicles that drive rounds.
    #[must_use]
    pub fn resources(&self) -> Resources<'_> {
        Resources { client: self }
    }
}

impl Resources<'_> {
    /// Reads a resource, with what `fields` names. [`ResourceField::ALL`] is what an update
    /// needs.
    ///
    /// `GET /resources/{id}`. Docs: [Get a resource](crate::contract::resources#get-a-resource).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, ResourceField, ResourceId};
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let fields = [ResourceField::Capacities];
    /// let van = client.resources().get(ResourceId::new(1), &fields).await?;
    /// println!("{}", van.name);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such resource; otherwise any [`Error`].
    #[doc(alias = "fields")]
    #[doc(alias = "get_resource")]
    pub async fn get(self, id: ResourceId, fields: &[ResourceField]) -> Result<Resource, Error> {
        self.client.contents(&GET_RESOURCE, (&id, fields), ()).await
    }

    /// Reads a resource by the caller's foreign id, with what `fields` names.
    ///
    /// `GET /resources?fid=`. Docs: [Get a resource](crate::contract::resources#get-a-resource).
    ///
    /// ```no_run
    /// # use geoplanning::Client;
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let van = client.resources().get_by_foreign_id("VAN-07", &[]).await?;
    /// println!("{}", van.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get).
    #[doc(alias = "fid")]
    #[doc(alias = "fields")]
    #[doc(alias = "get_resource_by_foreign_id")]
    pub async fn get_by_foreign_id(
        self,
        foreign_id: &str,
        fields: &[ResourceField],
    ) -> Result<Resource, Error> {
        self.client
            .contents(&GET_RESOURCE_BY_FOREIGN_ID, (foreign_id, fields), ())
            .await
    }

    /// Adds a resource.
    ///
    /// It is retried only while the service certainly has not acted;
    /// [`add_or_find`](Self::add_or_find) also handles an unknown outcome.
    ///
    /// `POST /resources`. Docs: [Add a resource](crate::contract::resources#add-a-resource).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, NewResource};
    /// # async fn run(client: Client, resource: NewResource) -> Result<(), geoplanning::Error> {
    /// let resource = client.resources().add(&resource).await?;
    /// println!("added {}", resource.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) with every broken constraint, before
    /// anything is sent; otherwise any [`Error`].
    #[doc(alias = "add_resource")]
    pub async fn add(self, resource: &NewResource) -> Result<Resource, Error> {
        self.client.contents(&ADD_RESOURCE, (), resource).await
    }

    /// Adds a resource so that it is neither lost nor added twice: after an unknown outcome it
    /// waits a little, looks for the `fid`, and adds it again only if there is none. It relies on
    /// what [`Activities::add_or_find`](crate::Activities::add_or_find) describes.
    ///
    /// ```no_run
    /// # use geoplanning::{Client, Creation, NewResource};
    /// # async fn run(client: Client, resource: NewResource) -> Result<(), geoplanning::Error> {
    /// if let Creation::Found(found) = client.resources().add_or_find(&resource).await? {
    ///     println!("a response was lost; found {}", found.thing.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`add`](Self::add), and [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the
    /// resource has no `fid`.
    pub async fn add_or_find(
        self,
        resource: &NewResource,
    ) -> Result<Creation<Resource, Found<Resource>>, Error> {
        let foreign_id = foreign_id::required(resource, &ADD_RESOURCE)?;
        let create = || self.add(resource);
        let find = || self.find(foreign_id, resource);
        self.client.transport().create_or_find(create, find).await
    }

    /// Finds a resource by its `fid`, and adds it if it is not there. It may be called again at any
    /// time: after a crash, after its future was dropped, after an unknown outcome.
    ///
    /// It looks before the addition and, as [`add_or_find`](Self::add_or_find), after one with an
    /// unknown outcome. Two processes must not add the same foreign id at the same time: each may
    /// look before the other has added it.
    ///
    /// ```no_run
    /// # use geoplanning::{Client, Creation, NewResource};
    /// # async fn run(client: Client, resource: NewResource) -> Result<(), geoplanning::Error> {
    /// match client.resources().find_or_add(&resource).await? {
    ///     Creation::Created(resource) => println!("added {}", resource.id),
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
        resource: &NewResource,
    ) -> Result<Creation<Resource, Found<Resource>>, Error> {
        let foreign_id = foreign_id::required(resource, &ADD_RESOURCE)?;
        let create = || self.add(resource);
        let find = || self.find(foreign_id, resource);
        self.client.transport().find_or_create(find, create).await
    }

    /// Adds a resource, or updates the one with its foreign id if it differs in what is given. It may
    /// be called again at any time: a second call with the same resource updates nothing.
    ///
    /// Fields that are `None` stay as the service has them. The service may complete
    /// or move an address that it can locate, which then counts as a difference.
    /// Two processes must not add the same foreign id at the same time.
    ///
    /// ```no_run
    /// # use geoplanning::{Client, NewResource, Saved};
    /// # async fn run(client: Client, resource: NewResource) -> Result<(), geoplanning::Error> {
    /// match client.resources().add_or_update(&resource).await? {
    ///     Saved::Added(resource) => println!("added {}", resource.id),
    ///     Saved::Updated(resource) => println!("updated {}", resource.id),
    ///     Saved::Unchanged(_) => {}
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`find_or_add`](Self::find_or_add) and [`update`](Self::update).
    pub async fn add_or_update(self, resource: &NewResource) -> Result<Saved<Resource>, Error> {
        let found = match self.find_or_add(resource).await? {
            Creation::Created(added) => return Ok(Saved::Added(added)),
            Creation::Found(found) if found.differs_in.is_empty() => {
                return Ok(Saved::Unchanged(found.thing));
            }
            Creation::Found(found) => found.thing,
        };
        let update = saved::merged(resource, NewResource::from_read(&found).ok());
        self.update(found.id, &update).await.map(Saved::Updated)
    }

    async fn find(
        self,
        foreign_id: &str,
        sent: &NewResource,
    ) -> Result<Option<Found<Resource>>, Error> {
        let is_it = |resource: &Resource| resource.foreign_id.as_deref() == Some(foreign_id);
        let found = self.client.look_up(
            &GET_RESOURCE_BY_FOREIGN_ID,
            (foreign_id, &ResourceField::ALL),
            is_it,
        );
        Ok(found.await?.map(|resource| {
            let as_sent = NewResource::from_read(&resource).ok();
            Found::compared(resource, sent, as_sent)
        }))
    }

    /// Replaces a resource: what the update leaves out becomes blank. Make it from what was read,
    /// with [`ResourceUpdate::from_read`].
    ///
    /// The response may differ from what was sent (finding [G-31](crate::contract#g-31)).
    ///
    /// `PUT /resources/{id}`. Docs:
    /// [Update a resource](crate::contract::resources#update-a-resource).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, ResourceField, ResourceId, ResourceUpdate};
    /// # async fn run(client: Client, id: ResourceId) -> Result<(), geoplanning::Error> {
    /// let read = client.resources().get(id, &ResourceField::ALL).await?;
    /// let mut update = ResourceUpdate::from_read(&read)?;
    /// update.name = "Van 7".to_owned();
    /// client.resources().update(id, &update).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) with every broken constraint;
    /// [`is_not_found`](Error::is_not_found) if there is no such resource; otherwise any [`Error`].
    #[doc(alias = "update_resource")]
    pub async fn update(self, id: ResourceId, update: &ResourceUpdate) -> Result<Resource, Error> {
        self.client.contents(&UPDATE_RESOURCE, &id, update).await
    }

    /// Replaces a resource by the caller's foreign id, which the update repeats: what it leaves out
    /// becomes blank. To change the foreign id, update by id.
    ///
    /// `PUT /resources?fid=`. Docs:
    /// [Update a resource](crate::contract::resources#update-a-resource).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, ResourceField, ResourceUpdate};
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let read = client.resources().get_by_foreign_id("VAN-07", &ResourceField::ALL).await?;
    /// let mut update = ResourceUpdate::from_read(&read)?;
    /// update.name = "Van 7".to_owned();
    /// client.resources().update_by_foreign_id("VAN-07", &update).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update), and [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if
    /// the update's foreign id differs.
    #[doc(alias = "fid")]
    #[doc(alias = "update_resource_by_foreign_id")]
    pub async fn update_by_foreign_id(
        self,
        foreign_id: &str,
        update: &ResourceUpdate,
    ) -> Result<Resource, Error> {
        self.client
            .contents(
                &UPDATE_RESOURCE_BY_FOREIGN_ID,
                foreign_id,
                (foreign_id, update),
            )
            .await
    }

    /// Deletes a resource, once all of its activities are completed.
    ///
    /// If the response to a first attempt was lost, the second finds the resource gone. The error
    /// is then [`is_not_found`](Error::is_not_found) and
    /// [`may_have_been_applied`](Error::may_have_been_applied) at once.
    ///
    /// `DELETE /resources/{id}`. Docs:
    /// [Delete a resource](crate::contract::resources#delete-a-resource).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, ResourceId};
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// client.resources().delete(ResourceId::new(1)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A refusal while there are activities that are not completed;
    /// [`is_not_found`](Error::is_not_found) if there is no such resource; otherwise any [`Error`].
    #[doc(alias = "delete_resource")]
    pub async fn delete(self, id: ResourceId) -> Result<(), Error> {
        self.client.contents(&DELETE_RESOURCE, &id, ()).await
    }

    /// Deletes a resource by the caller's foreign id. A foreign id need not be unique, so the call
    /// is not repeated after an unknown outcome.
    ///
    /// `DELETE /resources?fid=`. Docs:
    /// [Delete a resource](crate::contract::resources#delete-a-resource).
    ///
    /// ```no_run
    /// # use geoplanning::Client;
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// client.resources().delete_by_foreign_id("R-1").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`delete`](Self::delete).
    #[doc(alias = "fid")]
    #[doc(alias = "delete_resource_by_foreign_id")]
    pub async fn delete_by_foreign_id(self, foreign_id: &str) -> Result<(), Error> {
        self.client
            .contents(&DELETE_RESOURCE_BY_FOREIGN_ID, foreign_id, ())
            .await
    }
}

impl From<Found<Resource>> for Resource {
    fn from(found: Found<Self>) -> Self {
        found.thing
    }
}

open_enum! {
    /// What a resource is read with, beyond what is always there.
    ///
    /// Docs: [Get a resource](crate::contract::resources#get-a-resource).
    ResourceField {
        /// [`Resource::start_address`].
        StartAddress = "startAddress",
        /// [`Resource::end_address`].
        EndAddress = "endAddress",
        /// [`Resource::enumerables`].
        Enumerables = "enumerables",
        /// [`Resource::capacities`].
        Capacities = "capacities",
    }
}

impl ResourceField {
    /// All that are documented: what an update needs.
    pub const ALL: [Self; 4] = [
        Self::StartAddress,
        Self::EndAddress,
        Self::Enumerables,
        Self::Capacities,
    ];
}

/// A person or vehicle that drives rounds.
///
/// `Debug` shows the id only.
///
/// Docs: [Type: Resource](crate::contract::resources#type-resource).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Resource {
    /// The resource's id. Wire: `id`.
    pub id: ResourceId,
    /// The caller's foreign id. Wire: `fid`, also read as `foreignId` (finding
    /// [G-16](crate::contract#g-16)).
    #[doc(alias = "fid")]
    #[doc(alias = "foreignId")]
    #[serde(
        rename = "fid",
        alias = "foreignId",
        skip_serializing_if = "Option::is_none"
    )]
    pub foreign_id: Option<String>,
    /// Its name. Wire: `name`.
    pub name: String,
    /// Whether it belongs to the company. Wire: `internal`.
    #[doc(alias = "internal")]
    #[serde(rename = "internal", skip_serializing_if = "Option::is_none")]
    pub is_internal: Option<bool>,
    /// Where its rounds start. `None` unless asked for. Wire: `startAddress`.
    #[doc(alias = "startAddress")]
    #[serde(rename = "startAddress", skip_serializing_if = "Option::is_none")]
    pub start_address: Option<Address>,
    /// Where its rounds end. `None` unless asked for. Wire: `endAddress`.
    #[doc(alias = "endAddress")]
    #[serde(rename = "endAddress", skip_serializing_if = "Option::is_none")]
    pub end_address: Option<Address>,
    /// Fields that the vendor's customer has defined. Wire: `properties`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<Properties>,
    /// Its skills and attributes, in no particular order. `None` unless asked for. Wire:
    /// `enumerables`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enumerables: Option<List<Enumerable>>,
    /// What it can carry. `None` unless asked for. Wire: `capacities`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacities: Option<List<Capacity>>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(Resource { id });

impl Resource {
    /// A resource of which only what is always there is set.
    #[must_use]
    pub fn new(id: ResourceId, name: impl Into<String>) -> Self {
        Self {
            id,
            foreign_id: None,
            name: name.into(),
            is_internal: None,
            start_address: None,
            end_address: None,
            properties: None,
            enumerables: None,
            capacities: None,
            unknown: UnknownFields::new(),
        }
    }
}

impl Apart for Resource {
    fn read_apart(json: &RawValue) -> Result<Self, serde_json::Error> {
        let mut members: BTreeMap<String, &RawValue> = serde_json::from_str(json.get())?;
        let mut take = |list| members.remove(list).filter(|list| list.get() != "null");
        let (enumerables, capacities) = (take("enumerables"), take("capacities"));
        let mut resource: Self = read_json(&serde_json::to_string(&members)?)?;
        resource.enumerables = enumerables.map(List::read_apart).transpose()?;
        resource.capacities = capacities.map(List::read_apart).transpose()?;
        Ok(resource)
    }
}

/// A resource, as it is sent, to add it or to replace what is there.
///
/// In an update, everything that is `None` becomes blank, except for the arrays: `None` leaves them
/// as they are, an empty one clears them.
///
/// `Debug` shows whether it is internal.
///
/// Docs: [Add a resource](crate::contract::resources#add-a-resource) and
/// [Update a resource](crate::contract::resources#update-a-resource).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NewResource {
    /// The caller's foreign id, by which the resource can be found. Wire: `fid`.
    #[doc(alias = "fid")]
    #[serde(rename = "fid", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// From 1 to 100 characters. Wire: `name`.
    pub name: String,
    /// Whether it belongs to the company. Wire: `internal`.
    #[doc(alias = "internal")]
    #[serde(rename = "internal", skip_serializing_if = "Option::is_none")]
    pub is_internal: Option<bool>,
    /// Where its rounds start. Wire: `startAddress`.
    #[doc(alias = "startAddress")]
    #[serde(rename = "startAddress")]
    pub start_address: NewAddress,
    /// Where its rounds end. Wire: `endAddress`.
    #[doc(alias = "endAddress")]
    #[serde(rename = "endAddress")]
    pub end_address: NewAddress,
    /// Its skills and attributes. Wire: `enumerables`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enumerables: Option<Vec<NewEnumerable>>,
    /// What it can carry. Wire: `capacities`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacities: Option<Vec<NewCapacity>>,
}

redacted_debug!(NewResource { is_internal });

/// What replaces a resource: all of it, so it is made from what was read, with
/// [`ResourceField::ALL`].
///
/// ```no_run
/// # use geoplanning::{Client, Error, ResourceField, ResourceId, ResourceUpdate};
/// # async fn run(client: Client, id: ResourceId) -> Result<(), Error> {
/// let resource = client.resources().get(id, &ResourceField::ALL).await?;
/// let mut update = ResourceUpdate::from_read(&resource)?;
/// update.name = "J. Doe".to_owned();
/// client.resources().update(id, &update).await?;
/// # Ok(())
/// # }
/// ```
///
/// Docs: [Update a resource](crate::contract::resources#update-a-resource).
pub type ResourceUpdate = NewResource;

impl NewResource {
    /// A resource of which only what is required is set.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        start_address: impl Into<NewAddress>,
        end_address: impl Into<NewAddress>,
    ) -> Self {
        Self {
            foreign_id: None,
            name: name.into(),
            is_internal: None,
            start_address: start_address.into(),
            end_address: end_address.into(),
            enumerables: None,
            capacities: None,
        }
    }

    /// Everything that was read and can be sent: sent as it is, it changes nothing. A list of
    /// which an element could not be read is left out, which leaves it as it is.
    ///
    /// No request has a resource's [`properties`](Resource::properties), or fields that this
    /// version does not know; what becomes of them is not documented.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the resource was read without its
    /// addresses, which an update needs: read it with [`ResourceField::ALL`]. Abilities and
    /// capacities that were not asked for stay as they are.
    pub fn from_read(resource: &Resource) -> Result<Self, Error> {
        let (Some(start), Some(end)) = (&resource.start_address, &resource.end_address) else {
            let mut violations = Violations::new();
            let rule = "must be read with the resource";
            violations.require(
                ("start_address", "startAddress"),
                resource.start_address.is_some(),
                rule,
            );
            violations.require(
                ("end_address", "endAddress"),
                resource.end_address.is_some(),
                rule,
            );
            return Err(Error::invalid_request(
                UPDATE_RESOURCE.operation(),
                violations,
            ));
        };
        Ok(Self {
            foreign_id: resource.foreign_id.clone(),
            is_internal: resource.is_internal,
            enumerables: as_read(resource.enumerables.as_ref()),
            capacities: as_read(resource.capacities.as_ref()),
            ..Self::new(&resource.name, start, end)
        })
    }
}

impl HasForeignId for NewResource {
    fn field(&self) -> FieldName<'static> {
        ("foreign_id", "fid").into()
    }

    fn foreign_id(&self) -> Option<&str> {
        self.foreign_id.as_deref()
    }
}

setters!(NewResource {
    foreign_id: String,
    is_internal: bool,
    enumerables: Vec<NewEnumerable>,
    capacities: Vec<NewCapacity>,
});

validated!(NewResource);

impl Validate for NewResource {
    fn validate(&self, violations: &mut Violations) {
        foreign_id::check_not_blank(
            ("foreign_id", "fid"),
            self.foreign_id.as_deref(),
            violations,
        );
        violations.length("name", &self.name, 1..=100);
        violations.nested(("start_address", "startAddress"), &self.start_address);
        violations.nested(("end_address", "endAddress"), &self.end_address);
        violations.each("enumerables", self.enumerables.iter().flatten());
        violations.each("capacities", self.capacities.iter().flatten());
    }
}

/// What is sent for a list that was read; nothing if that would lose an element.
fn as_read<'a, R, S: From<&'a R>>(list: Option<&'a List<R>>) -> Option<Vec<S>> {
    let list = list.filter(|list| list.unreadable().is_empty())?;
    Some(convert(list))
}

/// How much of something a resource can carry, as it is read.
///
/// `Debug` shows the id and the amounts.
///
/// Docs: [Type: Capacity](crate::contract::resources#type-capacity).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Capacity {
    /// The capacity's id. Wire: `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<CapacityId>,
    /// The caller's foreign id of what is carried. Several capacities may share it. Wire:
    /// `foreignId`.
    #[doc(alias = "foreignId")]
    #[serde(rename = "foreignId", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// What is carried. Wire: `name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The unit of the amounts. Wire: `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What it can carry at most. Wire: `maxAmount`.
    #[doc(alias = "maxAmount")]
    #[serde(rename = "maxAmount")]
    pub max_amount: f64,
    /// What it carries when a round starts. Wire: `initAmount`.
    #[doc(alias = "initAmount")]
    #[serde(rename = "initAmount")]
    pub initial_amount: f64,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

impl Apart for Capacity {}

redacted_debug!(Capacity {
    id,
    max_amount,
    initial_amount
});

impl Capacity {
    /// A capacity of which only what is always there is set.
    #[must_use]
    pub fn new(max_amount: f64, initial_amount: f64) -> Self {
        Self {
            id: None,
            foreign_id: None,
            name: None,
            unit: None,
            max_amount,
            initial_amount,
            unknown: UnknownFields::new(),
        }
    }
}

/// How much of something a resource can carry, as it is sent.
///
/// `Debug` shows the amounts.
///
/// Docs: [Type: NewCapacity](crate::contract::resources#type-newcapacity).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NewCapacity {
    /// The caller's foreign id of what is carried, 50 characters at most. Wire: `foreignId`.
    #[doc(alias = "foreignId")]
    #[serde(rename = "foreignId", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// What is carried, 50 characters at most. Wire: `name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The unit of the amounts, 50 characters at most. Wire: `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What it can carry at most. Wire: `maxAmount`.
    #[doc(alias = "maxAmount")]
    #[serde(rename = "maxAmount")]
    pub max_amount: f64,
    /// What it carries when a round starts. Wire: `initAmount`.
    #[doc(alias = "initAmount")]
    #[serde(rename = "initAmount")]
    pub initial_amount: f64,
}

redacted_debug!(NewCapacity {
    max_amount,
    initial_amount
});

impl NewCapacity {
    /// At most so much, and so much at the start of a round.
    #[must_use]
    pub const fn new(max_amount: f64, initial_amount: f64) -> Self {
        Self {
            foreign_id: None,
            name: None,
            unit: None,
            max_amount,
            initial_amount,
        }
    }
}

impl From<&Capacity> for NewCapacity {
    fn from(capacity: &Capacity) -> Self {
        Self {
            foreign_id: capacity.foreign_id.clone(),
            name: capacity.name.clone(),
            unit: capacity.unit.clone(),
            max_amount: capacity.max_amount,
            initial_amount: capacity.initial_amount,
        }
    }
}

setters!(NewCapacity {
    foreign_id: String,
    name: String,
    unit: String,
});

validated!(NewCapacity);

impl Validate for NewCapacity {
    fn validate(&self, violations: &mut Violations) {
        let texts = [
            (("foreign_id", "foreignId"), &self.foreign_id),
            (("name", "name"), &self.name),
            (("unit", "unit"), &self.unit),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                violations.length(name, text, 0..=50);
            }
        }
        let amounts = [
            (("max_amount", "maxAmount"), self.max_amount),
            (("initial_amount", "initAmount"), self.initial_amount),
        ];
        for (name, amount) in amounts {
            violations.require(name, amount.is_finite(), "must be a number");
        }
    }
}

/// Names a resource that something refers to.
///
/// `Debug` shows the id only.
///
/// Docs: [Type: ResourceReference](crate::contract::resources#type-resourcereference).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ResourceReference {
    /// The resource's id. Wire: `id`.
    pub id: ResourceId,
    /// The caller's foreign id. Wire: `foreignId`, also read as `fid` (finding
    /// [G-16](crate::contract#g-16)).
    #[doc(alias = "foreignId")]
    #[doc(alias = "fid")]
    #[serde(
        rename = "foreignId",
        alias = "fid",
        skip_serializing_if = "Option::is_none"
    )]
    pub foreign_id: Option<String>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(ResourceReference { id });

impl ResourceReference {
    /// A reference to the resource with this id.
    #[must_use]
    pub fn new(id: ResourceId) -> Self {
        Self {
            id,
            foreign_id: None,
            unknown: UnknownFields::new(),
        }
    }
}
