//! What a patient says of themselves beyond their name.

use medilink_commands::patient::SetProfile;
use medilink_domain::PatientId;
use medilink_domain::patient::{EmergencyContact, PostalAddress, Profile};
use medilink_domain::values::{Code, ShortText};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Found};
use crate::api::Tag;
use crate::backend::Backend;
use crate::call::Command;
use crate::input::{each, field, optional};
use crate::json::Json;
use crate::problem::Problem;
use crate::wire::{GenderCode, LanguageCode};

/// Where somebody lives.
#[derive(Object)]
pub struct PostalAddressIn {
    /// House and street.
    #[oai(validator(min_items = 1, max_items = 4))]
    lines: Vec<String>,
    /// The city or village.
    #[oai(validator(min_length = 1, max_length = 200))]
    city: String,
    /// The state or district.
    #[oai(validator(min_length = 1, max_length = 200))]
    region: Option<String>,
    /// The postal code.
    #[oai(validator(min_length = 1, max_length = 200))]
    postal_code: Option<String>,
    /// The country.
    #[oai(validator(min_length = 1, max_length = 200))]
    country: String,
}

/// Whom to tell when something happens to a patient.
#[derive(Object)]
pub struct EmergencyContactIn {
    /// Their name.
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    /// A telephone number with its country code.
    #[oai(validator(min_length = 4, max_length = 40))]
    phone: String,
    /// What they are to the patient.
    #[oai(validator(min_length = 1, max_length = 200))]
    relation: Option<String>,
}

/// Who a patient is, as far as they say. What is left out is not known any more.
#[derive(Object)]
pub struct PatientProfileIn {
    /// The language to write and speak in.
    language: LanguageCode,
    /// Their gender.
    gender: Option<GenderCode>,
    /// Where they live.
    address: Option<PostalAddressIn>,
    /// Whom to tell when something happens to them.
    emergency_contact: Option<EmergencyContactIn>,
    /// What they need to be able to come: codes such as `wheelchair`.
    #[oai(default, validator(max_items = 10))]
    accessibility: Vec<String>,
    /// The same in words.
    #[oai(validator(min_length = 1, max_length = 200))]
    accessibility_note: Option<String>,
}

impl PostalAddressIn {
    fn read(self) -> Result<PostalAddress, Problem> {
        Ok(PostalAddress {
            lines: each("/address/lines", self.lines, |place, line| {
                field(place, &line)
            })?,
            city: field("/address/city", &self.city)?,
            region: optional("/address/region", self.region.as_deref())?,
            postal_code: optional("/address/postal_code", self.postal_code.as_deref())?,
            country: field("/address/country", &self.country)?,
        })
    }
}

impl EmergencyContactIn {
    fn read(self) -> Result<EmergencyContact, Problem> {
        Ok(EmergencyContact {
            name: field("/emergency_contact/name", &self.name)?,
            phone: field("/emergency_contact/phone", &self.phone)?,
            relation: optional("/emergency_contact/relation", self.relation.as_deref())?,
        })
    }
}

impl PatientProfileIn {
    fn read(self) -> Result<Profile, Problem> {
        let contact = self.emergency_contact.map(EmergencyContactIn::read);
        Ok(Profile {
            language: self.language.into(),
            gender: self.gender.map(Into::into),
            address: self.address.map(PostalAddressIn::read).transpose()?,
            emergency_contact: contact.transpose()?,
            accessibility: each("/accessibility", self.accessibility, |place, need| {
                field(place, &need)
            })?,
            accessibility_note: optional(
                "/accessibility_note",
                self.accessibility_note.as_deref(),
            )?,
        })
    }
}

/// Where somebody lives.
#[derive(Object)]
pub struct PostalAddressOut {
    /// House and street.
    lines: Vec<String>,
    /// The city or village.
    city: String,
    /// The state or district.
    #[oai(skip_serializing_if_is_none)]
    region: Option<String>,
    /// The postal code.
    #[oai(skip_serializing_if_is_none)]
    postal_code: Option<String>,
    /// The country.
    country: String,
}

/// Whom to tell when something happens to a patient.
#[derive(Object)]
pub struct EmergencyContactOut {
    /// Their name.
    name: String,
    /// Their telephone number.
    phone: String,
    /// What they are to the patient.
    #[oai(skip_serializing_if_is_none)]
    relation: Option<String>,
}

/// Who a patient is, as far as they say.
#[derive(Object)]
pub struct PatientProfileOut {
    /// Their gender.
    #[oai(skip_serializing_if_is_none)]
    gender: Option<GenderCode>,
    /// Where they live.
    #[oai(skip_serializing_if_is_none)]
    address: Option<PostalAddressOut>,
    /// Whom to tell when something happens to them.
    #[oai(skip_serializing_if_is_none)]
    emergency_contact: Option<EmergencyContactOut>,
    /// What they need to be able to come.
    accessibility: Vec<String>,
    /// The same in words.
    #[oai(skip_serializing_if_is_none)]
    accessibility_note: Option<String>,
}

fn text(text: &ShortText) -> String {
    text.as_str().to_owned()
}

impl From<Profile> for PatientProfileOut {
    fn from(profile: Profile) -> Self {
        let address = profile.address.map(|address| PostalAddressOut {
            lines: address.lines.iter().map(text).collect(),
            city: text(&address.city),
            region: address.region.as_ref().map(text),
            postal_code: address.postal_code.as_ref().map(text),
            country: text(&address.country),
        });
        let contact = profile
            .emergency_contact
            .map(|contact| EmergencyContactOut {
                name: contact.name.as_str().to_owned(),
                phone: contact.phone.as_str().to_owned(),
                relation: contact.relation.as_ref().map(text),
            });
        Self {
            gender: profile.gender.map(Into::into),
            address,
            emergency_contact: contact,
            accessibility: profile.accessibility.iter().map(Code::to_string).collect(),
            accessibility_note: profile.accessibility_note.as_ref().map(text),
        }
    }
}

/// The routes.
pub struct PatientProfiles(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Patients")]
impl PatientProfiles {
    /// Say who a patient is
    ///
    /// All that was said before is replaced.
    #[oai(
        path = "/patients/:id/profile",
        method = "put",
        operation_id = "setPatientProfile"
    )]
    async fn set(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<PatientProfileIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let set = SetProfile {
            patient: PatientId(id.0),
            profile: body.value.read()?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &set).await?;
        Ok(ChangedOut::of(id.0, &done))
    }
}
