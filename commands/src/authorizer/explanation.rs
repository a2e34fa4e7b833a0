//! What the policies say of a question, for those who ask about others.

use cedar_policy::Decision;

use super::{Authorizer, Denied, Grounds, Question, Resource};
use crate::action::Action;
use crate::actor::Actor;

/// A policy, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// What it says, in Cedar.
    pub text: String,
}

/// What the policies say of a question, and which of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What it comes to.
    pub verdict: Result<(), Denied>,
    /// The ids of the policies that allow it. Where others forbid it, nothing is said of these.
    pub decided_by: Vec<String>,
    /// The ids of the policies that forbid it, whatever allows it.
    pub forbidden_by: Vec<String>,
}

impl Authorizer {
    /// Whether this actor might do this, and by which policies: for those who ask about others.
    pub fn explain(&self, actor: &Actor, action: Action, resource: &Resource) -> Explanation {
        let mut explanation = Explanation {
            verdict: Err(Denied::to(actor, resource)),
            decided_by: Vec::new(),
            forbidden_by: Vec::new(),
        };
        if resource.tenant != actor.tenant {
            return explanation;
        }
        let question = Question::new(actor, action, resource, Grounds::default());
        match self.decide(&question) {
            Ok((Decision::Allow, by)) => {
                explanation.verdict = Ok(());
                explanation.decided_by = by;
            }
            Ok((Decision::Deny, by)) => explanation.forbidden_by = by,
            Err(error) => tracing::error!(error, "an authorization request could not be built"),
        }
        explanation
    }

    /// All policies, in the order of their ids.
    pub fn policies(&self) -> Vec<Policy> {
        let policies = self.0.policies.policies();
        let mut policies: Vec<Policy> = policies
            .map(|policy| Policy {
                id: policy.id().to_string(),
                text: policy.to_string(),
            })
            .collect();
        policies.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        policies
    }
}
