//! Who and what the demo consists of.

use medilink_domain::Weekday;
use medilink_domain::values::{Language, VisitMode};

/// Department, specialty.
pub const DEPARTMENTS: [(&str, &str); 3] = [
    ("General Medicine", "General medicine"),
    ("Cardiology", "Cardiology"),
    ("Paediatrics", "Paediatrics"),
];

/// Name, department, registration number, languages.
pub const DOCTORS: [(&str, usize, &str, &[Language]); 4] = [
    (
        "Dr. Asha Verma",
        0,
        "DEMO-PMC-20111",
        &[Language::English, Language::Hindi],
    ),
    (
        "Dr. Harpreet Singh Gill",
        1,
        "DEMO-PMC-18342",
        &[Language::English, Language::Punjabi, Language::Hindi],
    ),
    (
        "Dr. Meenakshi Iyer",
        2,
        "DEMO-PMC-22907",
        &[Language::English],
    ),
    (
        "Dr. Imran Qureshi",
        0,
        "DEMO-PMC-24518",
        &[Language::English, Language::Hindi],
    ),
];

/// Name, phone, language, date of birth.
pub const PATIENTS: [(&str, &str, Language, &str); 6] = [
    (
        "Gurleen Kaur Sandhu",
        "+919800000001",
        Language::Punjabi,
        "1991-04-13",
    ),
    (
        "Rajesh Kumar Sharma",
        "+919800000002",
        Language::Hindi,
        "1978-11-02",
    ),
    (
        "Ananya Banerjee",
        "+919800000003",
        Language::English,
        "2001-07-21",
    ),
    (
        "मोहन लाल यादव",
        "+919800000004",
        Language::Hindi,
        "1956-01-30",
    ),
    (
        "ਬਲਵਿੰਦਰ ਸਿੰਘ",
        "+919800000005",
        Language::Punjabi,
        "1969-09-09",
    ),
    (
        "Fatima Sheikh",
        "+919800000006",
        Language::English,
        "1986-03-17",
    ),
];

/// Opens, closes, on the hospital's clock.
pub const HOURS: [(&str, &str); 2] = [("09:00", "13:00"), ("14:00", "17:00")];
/// On these days.
pub const WORKDAYS: [Weekday; 6] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
];
/// From one possible start of a visit to the next.
pub const SLOT_MINUTES: u64 = 30;

/// Name, minutes, minutes kept free afterwards, modes.
pub const VISIT_TYPES: [(&str, u64, u64, &[VisitMode]); 3] = [
    ("Consultation", 30, 0, &[VisitMode::InPerson]),
    ("Follow-up", 15, 0, &[VisitMode::InPerson, VisitMode::Phone]),
    ("Video consultation", 20, 10, &[VisitMode::Video]),
];

/// What patients come for.
pub const REASONS: [&str; 6] = [
    "Cough for a week",
    "Blood pressure check",
    "Headaches in the evening",
    "घुटने में दर्द",
    "ਖੰਘ ਅਤੇ ਬੁਖ਼ਾਰ",
    "Follow-up after tests",
];
