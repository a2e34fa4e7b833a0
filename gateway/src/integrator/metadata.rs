//! What integrators' libraries find out by themselves, and what the document says of scopes.

use medilink_commands::sign_in::{SignInDesk, TOKEN_PATH};
use medilink_domain::integrator::scopes;
use poem::http::Method;
use serde_json::{Map, Value, json};

/// The name of the security scheme in the OpenAPI document.
const SCHEME: &str = "integrator";

/// What an integrator may call with which scope. Who adds a route that a scope opens adds its
/// line: a test holds this list to the domain's.
pub const BY_SCOPE: &[(&str, &str)] = &[
    ("findSlots", "system/Slot.s"),
    ("listAppointments", "system/Appointment.s"),
    ("listDoctors", "system/Practitioner.s"),
    ("listHospitals", "system/Organization.s"),
    ("listIntegratorConsents", "system/Consent.s"),
    ("listVisitTypes", "system/HealthcareService.s"),
    ("readAppointment", "system/Appointment.r"),
    ("readConsent", "system/Consent.r"),
    ("readConsentReceipt", "system/Consent.r"),
    ("readDoctor", "system/Practitioner.r"),
    ("readHospital", "system/Organization.r"),
    ("readPlace", "system/Appointment.r"),
    ("readRatings", "system/Practitioner.r"),
    ("readSchedule", "system/Schedule.r"),
    ("readVisitType", "system/HealthcareService.r"),
    ("searchSlots", "system/Slot.s"),
];

/// Authorization server metadata (RFC 8414 §2).
pub fn of_server(desk: &SignInDesk) -> Value {
    let mut said = common(desk);
    said.insert(
        "service_documentation".to_owned(),
        desk.address("/docs").into(),
    );
    // There is nothing to authorize in a browser.
    said.insert("response_types_supported".to_owned(), json!([]));
    Value::Object(said)
}

/// The configuration of SMART App Launch 2.2.
pub fn of_smart(desk: &SignInDesk) -> Value {
    let mut said = common(desk);
    let capabilities = json!(["client-confidential-asymmetric", "permission-v2"]);
    said.insert("capabilities".to_owned(), capabilities);
    Value::Object(said)
}

fn common(desk: &SignInDesk) -> Map<String, Value> {
    let scopes: Vec<String> = scopes::widest().iter().map(ToString::to_string).collect();
    let algorithms = json!(["ES384", "RS384", "EdDSA"]);
    let said = [
        ("issuer", json!(desk.issuer())),
        ("token_endpoint", json!(desk.address(TOKEN_PATH))),
        ("jwks_uri", json!(desk.address("/.well-known/jwks.json"))),
        ("grant_types_supported", json!(["client_credentials"])),
        (
            "token_endpoint_auth_methods_supported",
            json!(["private_key_jwt"]),
        ),
        (
            "token_endpoint_auth_signing_alg_values_supported",
            algorithms,
        ),
        ("scopes_supported", json!(scopes)),
    ];
    said.map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

/// Says in the document which operations are open to integrators, and with which scopes.
pub(crate) fn describe(document: &mut Value) {
    let named = scopes::served().iter().map(|served| {
        let scope = format!("system/{}.{}", served.resource, served.interaction);
        let action = format!("`{}` of kind `{}`", served.action, served.kind);
        (scope, json!(action))
    });
    let scopes: Map<String, Value> = named.collect();
    document["components"]["securitySchemes"][SCHEME] = json!({
        "type": "oauth2",
        "description": "The access token of an integrator: client credentials, with a signed JWT \
                        instead of a secret (SMART Backend Services).",
        "flows": {"clientCredentials": {"tokenUrl": TOKEN_PATH, "scopes": scopes}},
    });
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let operations =
        paths.filter_map(|(_, operations)| operations.get_mut(Method::GET.as_str().to_lowercase()));
    for operation in operations {
        let name = operation["operationId"].as_str().unwrap_or_default();
        let scope = BY_SCOPE.iter().find(|(known, _)| *known == name);
        let schemes = operation.get_mut("security").and_then(Value::as_array_mut);
        if let (Some((_, scope)), Some(schemes)) = (scope, schemes) {
            schemes.push(json!({ SCHEME: [scope] }));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use medilink_commands::Action;

    use super::*;

    #[test]
    fn every_scope_opens_something_and_nothing_is_opened_by_another() {
        let served = scopes::served();
        let named: BTreeSet<String> = served
            .iter()
            .map(|served| format!("system/{}.{}", served.resource, served.interaction))
            .collect();
        let opening: BTreeSet<String> = BY_SCOPE
            .iter()
            .map(|(_, scope)| (*scope).to_owned())
            .collect();
        assert_eq!(named, opening);
        assert!(BY_SCOPE.is_sorted());
        for served in served {
            assert!(Action::of_name(&served.action).is_some(), "{served:?}");
            let kind = medilink_commands::policy::kind(&served.kind);
            assert_eq!(kind, Some(served.kind.as_str()));
        }
    }
}
