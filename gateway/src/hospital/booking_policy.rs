//! A hospital's rules for bookings.

use medilink_commands::hospital::SetBookingPolicy;
use medilink_domain::HospitalId;
use medilink_domain::hospital::{BookingPolicy, CancellationPolicy};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Found};
use crate::api::Tag;
use crate::backend::Backend;
use crate::call::Command;
use crate::input::number;
use crate::json::Json;
use crate::problem::Problem;
use crate::wire::{MoneyIn, MoneyOut, RoleCode};

/// A hospital's rules for bookings. What is left out is not ruled.
#[derive(Object)]
pub struct BookingPolicyIn {
    /// Patients book at least so long ahead; the hospital's staff may book later.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "129600")))]
    minimum_notice_minutes: u32,
    /// Nobody books further ahead than this many days.
    #[oai(validator(minimum(value = "1"), maximum(value = "732")))]
    most_days_ahead: Option<u16>,
    /// A patient has at most so many visits that are still to come.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    most_open_visits: Option<u16>,
    /// A patient has at most so many visits on one day.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    most_visits_a_day: Option<u16>,
    /// What cancelling, or moving to another time, costs.
    cancellation: Option<CancellationPolicyIn>,
    /// What it costs not to come.
    no_show_fee: Option<MoneyIn>,
    /// How early patients may check in; 0 means at any time of the day.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "129600")))]
    check_in_opens_minutes: u32,
    /// How long a freed slot is held for whom the waitlist offered it to; 0 means 30 minutes.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "129600")))]
    offer_hold_minutes: u32,
}

/// What cancelling, or moving to another time, costs.
#[derive(Object)]
pub struct CancellationPolicyIn {
    /// Up to this long before the visit it is free.
    #[oai(validator(minimum(value = "0"), maximum(value = "129600")))]
    notice_minutes: u32,
    /// What it costs after that.
    late_fee: Option<MoneyIn>,
    /// Who may waive the fee.
    #[oai(default, validator(max_items = 7, unique_items))]
    waived_by: Vec<RoleCode>,
}

/// A hospital's rules for bookings.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct BookingPolicyOut {
    /// Patients book at least so long ahead; the hospital's staff may book later.
    minimum_notice_minutes: u32,
    /// Nobody books further ahead than this many days.
    most_days_ahead: Option<u16>,
    /// A patient has at most so many visits that are still to come.
    most_open_visits: Option<u16>,
    /// A patient has at most so many visits on one day.
    most_visits_a_day: Option<u16>,
    /// What cancelling, or moving to another time, costs.
    cancellation: CancellationPolicyOut,
    /// What it costs not to come.
    no_show_fee: Option<MoneyOut>,
    /// How early patients may check in; 0 means at any time of the day.
    check_in_opens_minutes: u32,
    /// How long a freed slot is held for whom the waitlist offered it to.
    offer_hold_minutes: u64,
}

/// What cancelling, or moving to another time, costs.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct CancellationPolicyOut {
    /// Up to this long before the visit it is free.
    notice_minutes: u32,
    /// What it costs after that.
    late_fee: Option<MoneyOut>,
    /// Who may waive the fee.
    waived_by: Vec<RoleCode>,
}

impl TryFrom<BookingPolicyIn> for BookingPolicy {
    type Error = Problem;

    fn try_from(given: BookingPolicyIn) -> Result<Self, Problem> {
        let cancellation = given.cancellation.map(TryInto::try_into).transpose()?;
        let no_show_fee = given.no_show_fee.map(|fee| fee.read("/no_show_fee"));
        Ok(Self {
            minimum_notice: number("/minimum_notice_minutes", given.minimum_notice_minutes)?,
            most_days_ahead: given.most_days_ahead,
            most_open_visits: given.most_open_visits,
            most_visits_a_day: given.most_visits_a_day,
            cancellation: cancellation.unwrap_or_default(),
            no_show_fee: no_show_fee.transpose()?,
            check_in_opens: number("/check_in_opens_minutes", given.check_in_opens_minutes)?,
            offer_hold: number("/offer_hold_minutes", given.offer_hold_minutes)?,
        })
    }
}

impl TryFrom<CancellationPolicyIn> for CancellationPolicy {
    type Error = Problem;

    fn try_from(given: CancellationPolicyIn) -> Result<Self, Problem> {
        let late_fee = given.late_fee.map(|fee| fee.read("/cancellation/late_fee"));
        Ok(Self {
            notice: number("/cancellation/notice_minutes", given.notice_minutes)?,
            late_fee: late_fee.transpose()?,
            waived_by: given.waived_by.into_iter().map(Into::into).collect(),
        })
    }
}

impl From<BookingPolicy> for BookingPolicyOut {
    fn from(policy: BookingPolicy) -> Self {
        Self {
            offer_hold_minutes: policy.offer_hold().num_minutes().unsigned_abs(),
            minimum_notice_minutes: policy.minimum_notice.get(),
            most_days_ahead: policy.most_days_ahead,
            most_open_visits: policy.most_open_visits,
            most_visits_a_day: policy.most_visits_a_day,
            cancellation: policy.cancellation.into(),
            no_show_fee: policy.no_show_fee.map(Into::into),
            check_in_opens_minutes: policy.check_in_opens.get(),
        }
    }
}

impl From<CancellationPolicy> for CancellationPolicyOut {
    fn from(policy: CancellationPolicy) -> Self {
        Self {
            notice_minutes: policy.notice.get(),
            late_fee: policy.late_fee.map(Into::into),
            waived_by: policy.waived_by.into_iter().map(Into::into).collect(),
        }
    }
}

/// The routes.
pub struct BookingPolicies(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Hospitals")]
impl BookingPolicies {
    /// Set a hospital's rules for bookings
    ///
    /// They replace the ones before, for what is booked from now on.
    #[oai(
        path = "/hospitals/:id/booking-policy",
        method = "put",
        operation_id = "setBookingPolicy"
    )]
    async fn set(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<BookingPolicyIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let set = SetBookingPolicy {
            hospital: HospitalId(id.0),
            policy: body.value.try_into()?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &set)
            .await?;
        Ok(ChangedOut::of(id.0, &done))
    }
}
