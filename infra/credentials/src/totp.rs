//! Codes of authenticator apps (RFC 6238): SHA-1, six digits, thirty seconds, because that is
//! what every such app can do.

use chrono::{DateTime, Utc};
use qrcode::{EcLevel, QrCode};
use thiserror::Error;
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

/// How many seconds a code is shown.
const STEP: u64 = 30;
/// How many digits it has.
const DIGITS: u8 = 6;
/// How many steps the clock of a phone may be off, to either side.
const DRIFT: u64 = 1;

/// Why there is no invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TotpError {
    /// Without a name of the account, or with one that fits in no picture.
    #[error("an authenticator app can't be invited under this name")]
    Name,
}

/// The secret that an authenticator app and we share. Overwritten when it is dropped.
#[derive(Clone)]
pub struct TotpKey(Zeroizing<[u8; 20]>);

/// What an authenticator app is given to take part.
pub struct TotpInvitation {
    /// The address that it understands: `otpauth://totp/…`.
    pub url: String,
    /// The same as a picture (SVG), to be read by the phone's camera.
    pub picture: String,
    /// The secret alone, in base 32, to be typed.
    pub secret: String,
}

impl TotpKey {
    /// The key of these random bytes.
    pub fn new(bytes: [u8; 20]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// What an app is given: it lists the code under `issuer` and `account`.
    ///
    /// # Errors
    /// [`TotpError::Name`].
    pub fn invitation(&self, issuer: &str, account: &str) -> Result<TotpInvitation, TotpError> {
        // The colon parts the two.
        let fit = |name: &str| name.replace(':', " ");
        let totp = self
            .builder()
            .with_account_name(fit(account))
            .with_issuer(Some(fit(issuer)))
            .build()
            .map_err(|_| TotpError::Name)?;
        let url = totp.to_url().map_err(|_| TotpError::Name)?;
        let code = QrCode::with_error_correction_level(&url, EcLevel::M);
        let code = code.map_err(|_| TotpError::Name)?;
        let mut picture = code.render::<qrcode::render::svg::Color<'_>>();
        Ok(TotpInvitation {
            picture: picture.min_dimensions(240, 240).build(),
            secret: totp.secret().to_base32(),
            url,
        })
    }

    /// The step whose code this is, if it is that of now or of the step before or after. The
    /// same step must be taken once only. Takes as long whichever it is.
    pub fn step_of(&self, code: &str, now: DateTime<Utc>) -> Option<u64> {
        let totp = self.totp();
        let current = u64::try_from(now.timestamp()).ok()? / STEP;
        let mut found = None;
        for step in current.saturating_sub(DRIFT)..=current + DRIFT {
            if same(&totp.generate(step * STEP).to_string(), code) {
                found = Some(step);
            }
        }
        found
    }

    /// The code that an app shows at this instant.
    pub fn code_at(&self, now: DateTime<Utc>) -> String {
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        self.totp().generate(seconds).to_string()
    }

    fn totp(&self) -> Totp {
        // Without a name, which only an invitation needs.
        self.builder().build_noncompliant()
    }

    fn builder(&self) -> Builder {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_step_duration(STEP)
            .with_secret(Secret::new_stack(*self.0))
    }
}

fn same(right: &str, shown: &str) -> bool {
    let differences = right.bytes().zip(shown.bytes()).map(|(one, two)| one ^ two);
    right.len() == shown.len() && differences.fold(0, |all, difference| all | difference) == 0
}

impl std::fmt::Debug for TotpKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpKey(…)")
    }
}

impl std::fmt::Debug for TotpInvitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpInvitation(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    /// The secret of RFC 6238, appendix B.
    fn key() -> TotpKey {
        TotpKey::new(*b"12345678901234567890")
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // The last six of its eight digits.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(key().code_at(at(seconds)), code);
            let step = u64::try_from(seconds).unwrap() / 30;
            assert_eq!(key().step_of(code, at(seconds)), Some(step));
        }
    }

    #[test]
    fn a_clock_may_be_off_by_one_step_and_no_more() {
        let (now, step) = (at(1_111_111_111), 37_037_037);
        for (off, found) in [
            (-60, None),
            (-30, Some(step - 1)),
            (0, Some(step)),
            (30, Some(step + 1)),
            (60, None),
        ] {
            let code = key().code_at(now + chrono::TimeDelta::seconds(off));
            assert_eq!(key().step_of(&code, now), found, "{off}");
        }
        for wrong in ["", "50471", "0504711", "+50471", "O50471", "050472"] {
            assert_eq!(key().step_of(wrong, now), None, "{wrong}");
        }
    }

    #[test]
    fn an_app_is_invited_by_address_picture_and_secret() {
        let invitation = key().invitation("City: Care", "asha@example.org").unwrap();
        assert_eq!(invitation.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(
            invitation
                .url
                .starts_with("otpauth://totp/City%20%20Care:asha")
        );
        assert!(
            invitation
                .url
                .contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        );
        assert!(invitation.picture.contains("<svg"));
        assert_eq!(key().invitation("City", "").unwrap_err(), TotpError::Name);
        let long = "a".repeat(4_000);
        assert_eq!(
            key().invitation("City", &long).unwrap_err(),
            TotpError::Name
        );
        assert!(!format!("{:?}{invitation:?}", key()).contains("GEZD"));
    }
}
