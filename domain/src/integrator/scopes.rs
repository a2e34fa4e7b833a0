//! What scopes of SMART stand for here. The list is data (`domain/data/smart-scopes.json`): what
//! is not in it is not served, and no integrator is given it.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::values::SmartScope;

/// One thing that a scope lets its holder do, if a policy permits it too.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Served {
    /// The FHIR resource that the scope names.
    pub resource: String,
    /// The letter of the interaction.
    pub interaction: char,
    /// What it is, as the policies name it.
    pub action: String,
    /// With what kind of thing.
    pub kind: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[allow(dead_code, reason = "for who changes the file")]
    version: u16,
    #[allow(dead_code, reason = "for who reads the file")]
    source: String,
    served: Vec<Served>,
}

/// All of it.
pub fn served() -> &'static [Served] {
    &FILE.served
}

/// The widest scope of each resource, in order.
pub fn widest() -> Vec<SmartScope> {
    let each = served().iter();
    let scopes = each.filter_map(|served| {
        let text = format!("system/{}.{}", served.resource, served.interaction);
        text.parse().ok()
    });
    SmartScope::merged(scopes.collect())
}

/// Whether everything that a scope names is served.
pub fn is_served(scope: &SmartScope) -> bool {
    scope.interactions().all(|interaction| {
        let mut all = served().iter();
        all.any(|served| served.resource == scope.resource() && served.interaction == interaction)
    })
}

/// Whether one of these scopes names this action on this kind of thing.
pub fn name(scopes: &[SmartScope], action: &str, kind: &str) -> bool {
    let mut meant = served()
        .iter()
        .filter(|served| served.action == action && served.kind == kind);
    meant.any(|served| {
        let mut scopes = scopes.iter();
        scopes.any(|scope| scope.names(&served.resource, served.interaction))
    })
}

#[allow(clippy::expect_used, reason = "a test reads it")]
static FILE: LazyLock<File> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/smart-scopes.json"))
        .expect("the list of scopes is valid")
});
