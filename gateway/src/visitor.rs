//! Somebody who has not said who they are: whoever registers, signs in or recovers a password.
//! There are few such routes, and they are paced by the network that they are called from.

use std::net::IpAddr;
use std::sync::Arc;

use medilink_commands::{Actor, CommandContext};
use medilink_domain::TenantId;
use medilink_telemetry::current_traceparent;
use poem::{FromRequest, Request, RequestBody};
use uuid::Uuid;

use crate::limits::Gate;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::request_id::RequestId;

/// A caller without a token.
#[derive(Clone, Debug)]
pub struct Visitor {
    request: Uuid,
    traceparent: Option<String>,
    network: Option<IpAddr>,
}

impl Visitor {
    /// The network that they call from, if that is known.
    pub(crate) const fn network(&self) -> Option<IpAddr> {
        self.network
    }

    /// The circumstances of what they ask for.
    pub fn context(&self, tenant: TenantId) -> CommandContext {
        CommandContext {
            request: self.request,
            traceparent: self.traceparent.clone(),
            ..CommandContext::new(Actor::anonymous(tenant))
        }
    }
}

impl<'a> FromRequest<'a> for Visitor {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let Some(gate) = request.data::<Arc<Gate>>() else {
            tracing::error!("the gateway was assembled without limits");
            return Err(Problem::new(&kinds::INTERNAL_ERROR).into());
        };
        let network = gate.admit_visitor(request)?;
        Ok(Self {
            request: RequestId::of(request).unwrap_or_else(Uuid::now_v7),
            traceparent: current_traceparent(),
            network,
        })
    }
}
