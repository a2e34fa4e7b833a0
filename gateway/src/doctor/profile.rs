//! What a doctor says of themselves.

use medilink_commands::doctor::SetProfile;
use medilink_domain::DoctorId;
use medilink_domain::doctor::Profile;
use medilink_domain::values::ShortText;
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
use crate::wire::LanguageCode;

/// Who a doctor is, as patients read it. What is left out is not known any more.
#[derive(Object)]
pub struct DoctorProfileIn {
    /// What they know about, such as `Cardiology`.
    #[oai(default, validator(max_items = 10))]
    specialties: Vec<String>,
    /// What shows it, such as `MD, PGIMER Chandigarh, 2009`.
    #[oai(default, validator(max_items = 20))]
    qualifications: Vec<String>,
    /// What they speak.
    #[oai(validator(min_items = 1, max_items = 3, unique_items))]
    languages: Vec<LanguageCode>,
    /// What they say of themselves.
    #[oai(validator(min_length = 1, max_length = 2000))]
    about: Option<String>,
}

/// Who a doctor is.
#[derive(Object)]
pub struct DoctorProfileOut {
    /// What they know about.
    specialties: Vec<String>,
    /// What shows it.
    qualifications: Vec<String>,
    /// What they say of themselves.
    #[oai(skip_serializing_if_is_none)]
    about: Option<String>,
}

impl From<Profile> for DoctorProfileOut {
    fn from(profile: Profile) -> Self {
        let text = |text: &ShortText| text.as_str().to_owned();
        Self {
            specialties: profile.specialties.iter().map(text).collect(),
            qualifications: profile.qualifications.iter().map(text).collect(),
            about: profile.about.map(|about| about.as_str().to_owned()),
        }
    }
}

/// The routes.
pub struct DoctorProfiles(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Doctors")]
impl DoctorProfiles {
    /// Say who a doctor is
    ///
    /// All that was said before is replaced.
    #[oai(
        path = "/doctors/:id/profile",
        method = "put",
        operation_id = "setDoctorProfile"
    )]
    async fn set(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<DoctorProfileIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let given = body.value;
        let texts = |pointer: &str, texts: Vec<String>| {
            each(pointer, texts, |place, text| {
                field::<ShortText>(place, &text)
            })
        };
        let profile = Profile {
            specialties: texts("/specialties", given.specialties)?,
            qualifications: texts("/qualifications", given.qualifications)?,
            languages: given.languages.into_iter().map(Into::into).collect(),
            about: optional("/about", given.about.as_deref())?,
        };
        let set = SetProfile {
            doctor: DoctorId(id.0),
            profile,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &set).await?;
        Ok(ChangedOut::of(id.0, &done))
    }
}
