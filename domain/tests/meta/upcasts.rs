//! An event type that has changed twice, to show that its oldest events are still read.

use medilink_domain::{DecodeError, Event, Privacy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measured {
    /// Was `degrees` in version 1, in Fahrenheit.
    celsius: f64,
    /// Came with version 3.
    site: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Corrected {
    by: f64,
}

fn fahrenheit_to_celsius(mut data: Value) -> Value {
    let fahrenheit = data["degrees"].as_f64().unwrap_or_default();
    data["celsius"] = json!((fahrenheit - 32.0) / 1.8);
    data.as_object_mut().map(|fields| fields.remove("degrees"));
    data
}

fn site_was_oral(mut data: Value) -> Value {
    data["site"] = json!("oral");
    data
}

medilink_domain::events! {
    pub enum TemperatureEvent {
        Measured: "temperature.measured" v 3, Privacy::Operational, upcasts [fahrenheit_to_celsius, site_was_oral];
        Corrected: "temperature.corrected" v 1, Privacy::Operational;
    }
}

fn measured(version: u16, data: &Value) -> Result<TemperatureEvent, DecodeError> {
    TemperatureEvent::decode("temperature.measured", version, data.to_string().as_bytes())
}

#[test]
fn every_older_version_is_read_as_the_current_one() {
    for (version, data, site) in [
        (1, json!({ "degrees": 104.0 }), "oral"),
        (2, json!({ "celsius": 40.0 }), "oral"),
        (3, json!({ "celsius": 40.0, "site": "ear" }), "ear"),
    ] {
        let wanted = Measured {
            celsius: 40.0,
            site: site.to_owned(),
        };
        assert_eq!(
            measured(version, &data).unwrap(),
            wanted.into(),
            "version {version}"
        );
    }
}

#[test]
fn an_event_of_a_newer_release_is_refused_by_name() {
    for version in [0, 4] {
        let error = measured(version, &json!({ "kelvin": 313 })).unwrap_err();
        assert!(
            matches!(error, DecodeError::FromTheFuture { name: "temperature.measured", found, known: 3 } if found == version),
            "{error:?}"
        );
    }
}

#[test]
fn what_does_not_fit_is_refused_without_quoting_it() {
    for (version, data) in [
        (1, json!("canary")),
        (2, json!(["canary"])),
        (3, json!({ "celsius": "canary" })),
    ] {
        let error = measured(version, &data).unwrap_err();
        assert!(matches!(error, DecodeError::Malformed { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
    assert!(matches!(
        TemperatureEvent::decode("temperature.guessed", 1, b"{}"),
        Err(DecodeError::UnknownType(name)) if name == "temperature.guessed"
    ));
    for broken in [&b"{"[..], b"", b"\xFF", b"{\"by\":1e999}"] {
        let error = TemperatureEvent::decode("temperature.corrected", 1, broken).unwrap_err();
        assert!(matches!(error, DecodeError::Malformed { .. }), "{error:?}");
    }
}

#[test]
fn what_is_written_is_canonical_json() {
    let event = TemperatureEvent::from(Measured {
        celsius: 40.0,
        site: "ear".to_owned(),
    });
    assert_eq!(event.to_payload(), br#"{"celsius":40,"site":"ear"}"#);
    assert_eq!(event.kind().version, 3);
}
