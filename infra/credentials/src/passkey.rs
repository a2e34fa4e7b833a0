//! Passkeys (WebAuthn): what a browser is asked to sign, and whether it was signed.
//!
//! What lies between question and answer is given out as text, to be kept where nobody can
//! change it, and used once. The user is always verified by the authenticator, by a finger or a
//! number: a passkey counts as two factors.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thiserror::Error;
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Webauthn, WebauthnBuilder,
};

/// Why a passkey is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasskeyError {
    /// The origin is no address of a site that has a name.
    #[error("the origin must be an address such as https://hospital.example")]
    Origin,
    /// What the browser sent is not what a browser sends.
    #[error("not the answer of a browser")]
    Malformed,
    /// It is not signed, or for another question, site or person.
    #[error("the passkey was refused")]
    Refused,
    /// What we kept of it can't be read.
    #[error("a passkey that can't be read")]
    Unreadable,
}

/// The site that passkeys are for.
#[derive(Clone, Debug)]
pub struct PasskeySite(Webauthn);

/// A question to a browser, and what is needed to judge its answer.
#[derive(Clone, Debug)]
pub struct PasskeyLogin {
    /// The `publicKey` options for the browser.
    pub options: Value,
    /// To be kept until the answer comes.
    pub state: String,
}

/// A passkey as a browser showed it, not yet believed.
#[derive(Clone, Debug)]
pub struct ShownPasskey {
    /// Whose it says it is.
    pub person: Option<Uuid>,
    /// The id of the credential.
    pub credential: Vec<u8>,
    answer: PublicKeyCredential,
}

impl PasskeySite {
    /// The site at this origin, such as `https://hospital.example`; people see it by its name.
    ///
    /// # Errors
    /// [`PasskeyError::Origin`].
    pub fn new(origin: &str, name: &str) -> Result<Self, PasskeyError> {
        let origin = Url::parse(origin).map_err(|_| PasskeyError::Origin)?;
        let host = origin.domain().ok_or(PasskeyError::Origin)?.to_owned();
        let builder = WebauthnBuilder::new(&host, &origin).map_err(|_| PasskeyError::Origin)?;
        let site = builder.rp_name(name).build();
        Ok(Self(site.map_err(|_| PasskeyError::Origin)?))
    }

    /// Asks a browser to make a passkey for this person, beside those that they have.
    ///
    /// # Errors
    /// [`PasskeyError`] when a kept passkey can't be read.
    pub fn invite(
        &self,
        person: Uuid,
        name: &str,
        known: &[&str],
    ) -> Result<PasskeyLogin, PasskeyError> {
        let known: Vec<CredentialID> = known
            .iter()
            .map(|kept| Ok(read::<Passkey>(kept)?.cred_id().clone()))
            .collect::<Result<_, PasskeyError>>()?;
        let (options, state) = self
            .0
            .start_passkey_registration(person, name, name, Some(known))
            .map_err(|_| PasskeyError::Refused)?;
        let mut options = written(&options)?["publicKey"].take();
        // So that one can sign in with it alone.
        options["authenticatorSelection"]["residentKey"] = json!("preferred");
        Ok(PasskeyLogin {
            options,
            state: written(&state)?.to_string(),
        })
    }

    /// The passkey that a browser has made, to be kept.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub fn accept(&self, state: &str, answer: Value) -> Result<String, PasskeyError> {
        let state: PasskeyRegistration = read(state)?;
        let answer: RegisterPublicKeyCredential =
            serde_json::from_value(answer).map_err(|_| PasskeyError::Malformed)?;
        let passkey = self
            .0
            .finish_passkey_registration(&answer, &state)
            .map_err(|_| PasskeyError::Refused)?;
        Ok(written(&passkey)?.to_string())
    }

    /// Asks a browser for one of these passkeys; for whichever it has when none is named.
    ///
    /// # Errors
    /// [`PasskeyError`] when a kept passkey can't be read.
    pub fn ask(&self, known: &[&str]) -> Result<PasskeyLogin, PasskeyError> {
        let (options, state) = self
            .0
            .start_discoverable_authentication()
            .map_err(|_| PasskeyError::Refused)?;
        let mut options = written(&options)?["publicKey"].take();
        let named = known.iter().map(|kept| {
            // As browsers read it (WebAuthn, section 5.1.10).
            let id = URL_SAFE_NO_PAD.encode(read::<Passkey>(kept)?.cred_id());
            Ok(json!({"type": "public-key", "id": id}))
        });
        options["allowCredentials"] = named.collect::<Result<_, PasskeyError>>()?;
        Ok(PasskeyLogin {
            options,
            state: written(&state)?.to_string(),
        })
    }

    /// How often this passkey was used, by its own count (0 when it doesn't count), if what was
    /// shown is signed with it for this site and this question, its user verified. Whether the
    /// count has gone on is for the caller to look at.
    ///
    /// # Errors
    /// [`PasskeyError::Refused`].
    pub fn count(
        &self,
        state: &str,
        kept: &str,
        shown: &ShownPasskey,
    ) -> Result<u32, PasskeyError> {
        let state: DiscoverableAuthentication = read(state)?;
        let key = DiscoverableKey::from(read::<Passkey>(kept)?);
        let outcome = self
            .0
            .finish_discoverable_authentication_v2(&shown.answer, state, &key)
            .map_err(|_| PasskeyError::Refused)?;
        if outcome.user_verified() {
            Ok(outcome.counter())
        } else {
            Err(PasskeyError::Refused)
        }
    }
}

impl ShownPasskey {
    /// What a browser sent.
    ///
    /// # Errors
    /// [`PasskeyError::Malformed`].
    pub fn new(answer: Value) -> Result<Self, PasskeyError> {
        let answer: PublicKeyCredential =
            serde_json::from_value(answer).map_err(|_| PasskeyError::Malformed)?;
        let person = answer.get_user_unique_id();
        Ok(Self {
            person: person.and_then(|id| Uuid::from_slice(id).ok()),
            credential: answer.get_credential_id().to_vec(),
            answer,
        })
    }

    /// Whether it says that it is this one.
    pub fn is(&self, kept: &str) -> bool {
        read::<Passkey>(kept).is_ok_and(|kept| kept.cred_id().as_ref() == self.credential)
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, PasskeyError> {
    serde_json::from_str(text).map_err(|_| PasskeyError::Unreadable)
}

fn written<T: Serialize>(value: &T) -> Result<Value, PasskeyError> {
    serde_json::to_value(value).map_err(|_| PasskeyError::Unreadable)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn site() -> PasskeySite {
        PasskeySite::new("https://city.example:8443", "City").unwrap()
    }

    #[test]
    fn a_site_needs_a_name_and_a_scheme() {
        for origin in [
            "",
            "city.example",
            "https://127.0.0.1:8080",
            "https://[::1]",
            "data:x",
        ] {
            let refused = PasskeySite::new(origin, "City").unwrap_err();
            assert_eq!(refused, PasskeyError::Origin, "{origin}");
        }
        PasskeySite::new("http://localhost:8080", "City").unwrap();
    }

    #[test]
    fn browsers_are_asked_for_a_verified_user_of_this_site() {
        let person = Uuid::from_u128(7);
        let made = site().invite(person, "asha@example.org", &[]).unwrap();
        let selection = &made.options["authenticatorSelection"];
        assert_eq!(made.options["rp"]["id"], "city.example");
        assert_eq!(selection["userVerification"], "required");
        assert_eq!(selection["residentKey"], "preferred");
        let shown = site().ask(&[]).unwrap();
        assert_eq!(shown.options["rpId"], "city.example");
        assert_eq!(shown.options["userVerification"], "required");
        assert_eq!(shown.options["allowCredentials"], json!([]));
        let again = site().ask(&[]).unwrap();
        assert_ne!(shown.options["challenge"], again.options["challenge"]);
    }

    #[test]
    fn what_no_browser_sends_is_malformed() {
        let made = site().invite(Uuid::nil(), "asha", &[]).unwrap();
        for answer in [
            json!({}),
            json!("x"),
            json!({"id": "x", "rawId": "!", "type": "y"}),
        ] {
            let accepted = site().accept(&made.state, answer.clone()).unwrap_err();
            assert_eq!(accepted, PasskeyError::Malformed);
            let shown = ShownPasskey::new(answer).unwrap_err();
            assert_eq!(shown, PasskeyError::Malformed);
        }
    }
}
