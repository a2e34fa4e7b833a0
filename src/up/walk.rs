//! What `up` prints when all is up: where to go, how to sign in, what to try.

use std::net::SocketAddr;

use chrono::{TimeDelta, Utc};

use crate::seed::{Demo, SIGN_INS};

/// Where everything is.
pub struct Place<'a> {
    /// Where the gateway listens.
    pub address: SocketAddr,
    /// Whether it serves the web application.
    pub web: bool,
    /// The folder into which mails are written, if they go nowhere else.
    pub mails: &'a str,
    /// The walk as a file.
    pub walk_file: &'a str,
}

/// Where to go and, with a demo, how to sign in and what to try.
pub fn welcome(place: &Place<'_>, demo: Option<&Demo>) -> String {
    let Place {
        address,
        web,
        mails,
        walk_file,
    } = *place;
    let mut text = "\nMediLink is up.\n\n".to_owned();
    if web {
        // By name: passkeys are bound to one, and not to an address.
        let port = address.port();
        text.push_str(&format!(
            "  The web application          http://localhost:{port}\n"
        ));
    }
    text.push_str(&format!(
        "  The API, to browse and try   http://{address}/docs\n  \
           How every part is doing      http://{address}/readyz\n  \
           Figures                      http://{address}/metrics\n"
    ));
    if let Some(demo) = demo {
        text.push_str(&format!(
            "\nSign in with the password {} as one of these:\n\n",
            demo.password
        ));
        for one in SIGN_INS {
            text.push_str(&format!("  {:<24} {}\n", one.what, one.email));
        }
        text.push_str(&format!(
            "\nAll but the patient are asked for a code as well, which is mailed:\n\n  \
             cat \"$(ls -t {mails}/*.eml | head -1)\"\n"
        ));
        text.push_str("\nFor the API, access tokens (Authorization: Bearer …):\n\n");
        for (role, token) in &demo.tokens {
            text.push_str(&format!("  {role:<14} {token}\n"));
        }
        text.push_str(&format!(
            "\nA walk through one appointment, to paste into a shell (also: sh {walk_file}):\n\n{}",
            walk(address, demo)
        ));
    }
    text.push_str("\nCtrl-C stops everything; the next `up` goes on from here.\n");
    text
}

/// The walk as a shell script.
pub fn walk(address: SocketAddr, demo: &Demo) -> String {
    let token = demo
        .tokens
        .iter()
        .find_map(|(role, token)| (*role == "patient").then_some(token.as_str()))
        .unwrap_or_default();
    let (from, to) = (Utc::now(), Utc::now() + TimeDelta::days(8));
    let instant = |at: chrono::DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    WALK.replace("{url}", &format!("http://{address}/v1"))
        .replace("{token}", token)
        .replace("{doctor}", &demo.doctor.to_string())
        .replace("{patient}", &demo.patient.to_string())
        .replace("{from}", &instant(from))
        .replace("{to}", &instant(to))
}

const WALK: &str = r#"URL={url}
DOCTOR={doctor} PATIENT={patient}
call() { curl -sS -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' "$@"; echo; }
pick() { grep -o "\"$1\":\"\{0,1\}[^\",}]*" | sed -e "s/\"$1\":\"\{0,1\}//" -n -e "$2p"; }

# Free slots of Dr. Asha Verma; remember the first two
SLOTS=$(call "$URL/doctors/$DOCTOR/slots?from={from}&to={to}")
FIRST=$(echo "$SLOTS" | pick starts_at 1) SECOND=$(echo "$SLOTS" | pick starts_at 2); echo "$FIRST, $SECOND"

# Book the first
BOOKED=$(call "$URL/appointments" -d '{"patient":"'$PATIENT'","doctor":"'$DOCTOR'","starts_at":"'$FIRST'","reason":"Cough for a week"}'); echo "$BOOKED"
ID=$(echo "$BOOKED" | pick id 1) POSITION=$(echo "$BOOKED" | pick position 1)

# The patient's appointments, this one certainly among them
call "$URL/patients/$PATIENT/appointments" -H "Medilink-Min-Position: $POSITION"

# Move it to the second slot, then call it off
call "$URL/appointments/$ID/reschedule" -d '{"starts_at":"'$SECOND'"}'
call "$URL/appointments/$ID/cancel" -d '{"reason":"Feeling better"}'
"#;
