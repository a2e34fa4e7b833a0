//! One trace follows a request from the gateway through the log and the broker into the read
//! models.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use medilink_tests::{Hospital, Options, Platform, eventually};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::web::Data;
use poem::{EndpointExt, Route, Server, handler, post};
use prost::Message;

use crate::MEDILINK;

/// Service, span, and the trace that it is part of.
type Spans = Arc<Mutex<Vec<(String, String, String)>>>;

#[handler]
fn take(body: Vec<u8>, spans: Data<&Spans>) {
    let export = ExportTraceServiceRequest::decode(body.as_slice()).expect("an OTLP export");
    for resource in export.resource_spans {
        let attributes = resource
            .resource
            .into_iter()
            .flat_map(|resource| resource.attributes);
        let service = attributes
            .filter(|attribute| attribute.key == "service.name")
            .find_map(|name| match name.value?.value? {
                Any::StringValue(name) => Some(name),
                _ => None,
            });
        let service = service.unwrap_or_default();
        for span in resource
            .scope_spans
            .into_iter()
            .flat_map(|scope| scope.spans)
        {
            spans
                .lock()
                .unwrap()
                .push((service.clone(), span.name, hex::encode(span.trace_id)));
        }
    }
}

/// A collector on a port of its own.
async fn collector() -> (SocketAddr, Spans) {
    let spans = Spans::default();
    let acceptor = TcpListener::bind("127.0.0.1:0")
        .into_acceptor()
        .await
        .unwrap();
    let address = *acceptor.local_addr()[0].as_socket_addr().unwrap();
    let app = Route::new()
        .at("/v1/traces", post(take))
        .data(Arc::clone(&spans));
    tokio::spawn(Server::new_with_acceptor(acceptor).run(app));
    (address, spans)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_booking_is_one_trace_from_the_gateway_to_the_read_model() {
    let (address, spans) = collector().await;
    let options =
        Options::default().with("telemetry", format!("otlp_endpoint = 'http://{address}'"));
    let platform = Platform::start(MEDILINK, options).await;
    let city = Hospital::open(&platform).await;
    let (doctor, patient) = (city.doctor(1).await, city.patient(1).await);
    city.window(doctor, "09:00", "10:00", 30).await;

    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let caller = city
        .receptionist
        .clone()
        .with("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01"));
    let booked = caller
        .post(
            "/v1/appointments",
            &city.booking(patient, doctor, city.at(540)),
        )
        .await;
    assert_eq!(booked.status, 201, "{}", booked.text);
    assert!(
        booked.header("traceparent").contains(trace),
        "the answer names the trace"
    );

    let of_trace = || -> BTreeSet<(String, String)> {
        let spans = spans.lock().unwrap();
        spans
            .iter()
            .filter(|(_, _, of)| of == trace)
            .map(|(service, name, _)| (service.clone(), name.clone()))
            .collect()
    };
    let expected = [
        ("medilink-gateway", "POST /v1/appointments"),
        ("medilink-gateway", "command"),
        ("medilink-relay", "publish"),
        ("medilink-projector", "project"),
    ];
    let expected: BTreeSet<_> = expected
        .map(|(service, span)| (service.to_owned(), span.to_owned()))
        .into();
    let all = async {
        eventually("all spans arrive", Duration::from_secs(60), || async {
            expected.is_subset(&of_trace())
        })
        .await
    };
    if tokio::time::timeout(Duration::from_secs(40), all)
        .await
        .is_err()
    {
        panic!(
            "missing {:?} among {:?}",
            expected.difference(&of_trace()).collect::<Vec<_>>(),
            of_trace()
        );
    }
    // Somebody else's request is another trace.
    let other = city
        .receptionist
        .post(
            "/v1/appointments",
            &city.booking(patient, doctor, city.at(570)),
        )
        .await;
    assert!(
        !other.header("traceparent").contains(trace) && !other.header("traceparent").is_empty()
    );

    // A span is sent away to a collector: it holds no personal data either.
    let all = format!("{:?}", spans.lock().unwrap());
    assert!(!all.contains("zqcanaryzq"));
}
