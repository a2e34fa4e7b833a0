//! What a hospital has besides departments: rooms and devices, and holidays.

use chrono::NaiveDate;
use medilink_commands::hospital::{AddAsset, DeclareHoliday, RetireAsset, WithdrawHoliday};
use medilink_domain::{AssetId, HospitalId};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::Backend;
use crate::call::Command;
use crate::input::{date, field};
use crate::json::Json;
use crate::problem::Problem;

/// A room or a device to add.
#[derive(Object)]
pub struct AssetIn {
    /// What visits ask for, such as `ultrasound` or `procedure-room`.
    #[oai(validator(pattern = "^[a-z][a-z0-9_-]{0,63}$"))]
    class: String,
    /// What people call it, unique in the hospital.
    #[oai(validator(min_length = 1, max_length = 200))]
    name: String,
}

/// A holiday to declare.
#[derive(Object)]
pub struct HolidayIn {
    /// The day on the hospital's calendar.
    date: NaiveDate,
    /// What is celebrated.
    #[oai(validator(min_length = 1, max_length = 200))]
    name: String,
}

/// The routes.
pub struct HospitalSetup(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Hospitals")]
impl HospitalSetup {
    /// Add a room or a device
    #[oai(
        path = "/hospitals/:id/assets",
        method = "post",
        operation_id = "addAsset"
    )]
    async fn add_asset(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<AssetIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let add = AddAsset {
            hospital: HospitalId(id.0),
            class: field("/class", &body.value.class)?,
            name: field("/name", &body.value.name)?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &add)
            .await?;
        let asset = done.answer.asset.uuid();
        Ok(ChangedOut::of(asset, &done).location(&format!("/v1/hospitals/{}", id.0)))
    }

    /// Take a room or a device out of use
    ///
    /// For good; visits that have it keep it.
    #[oai(
        path = "/hospitals/:id/assets/:asset",
        method = "delete",
        operation_id = "retireAsset"
    )]
    async fn retire_asset(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        asset: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let retire = RetireAsset {
            hospital: HospitalId(id.0),
            asset: AssetId(asset.0),
        };
        let done = self.0.execute(&call.context(&caller), &retire).await?;
        Ok(ChangedOut::of(asset.0, &done))
    }

    /// Declare a holiday
    ///
    /// Nobody is seen on that day, unless a doctor's schedule says so for that very day. What
    /// is booked stays booked until someone moves it.
    #[oai(
        path = "/hospitals/:id/holidays",
        method = "post",
        operation_id = "declareHoliday"
    )]
    async fn declare_holiday(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<HolidayIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let declare = DeclareHoliday {
            hospital: HospitalId(id.0),
            date: body.value.date,
            name: field("/name", &body.value.name)?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &declare)
            .await?;
        Ok(ChangedOut::of(id.0, &done).location(&format!("/v1/hospitals/{}", id.0)))
    }

    /// Withdraw a holiday
    #[oai(
        path = "/hospitals/:id/holidays/:date",
        method = "delete",
        operation_id = "withdrawHoliday"
    )]
    async fn withdraw_holiday(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        /// The day on the hospital's calendar.
        #[oai(name = "date")]
        on: Path<NaiveDate>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let withdraw = WithdrawHoliday {
            hospital: HospitalId(id.0),
            date: date("date", on.0)?,
        };
        let done = self.0.execute(&call.context(&caller), &withdraw).await?;
        Ok(ChangedOut::of(id.0, &done))
    }
}
