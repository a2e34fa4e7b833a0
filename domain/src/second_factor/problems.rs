//! Why second factors refuse.

crate::problems! {
    /// Why second factors refuse.
    pub enum SecondFactorError {
        /// There is one; two would make it unclear which counts.
        TotpThere: Conflict "totp-already-on",
            "an authenticator app is already in use", "Remove it before you set up another one.";
        /// Nothing to be confirmed.
        TotpNotBegun: Conflict "totp-not-begun",
            "no authenticator app is being set up", "Begin with setting one up.";
        /// Not the code, or it was used before. Which of it is nobody's business.
        CodeWrong: Invalid "second-factor-wrong" at "/code",
            "the code is wrong, used or too old", "Wait for the next code of the app, or use another factor.";
        /// Whoever has a second factor shows it.
        PasswordNotEnough: Invalid "second-factor-needed" at "/method",
            "the password alone proves nothing where there is a second factor", "Show the second factor.";
        /// It was answered before, or too late.
        ChallengeOver: Conflict "challenge-over",
            "the challenge was answered before, or is too old", "Begin anew.";
        /// It is on as it is.
        MailThere: Conflict "mailed-codes-already-on",
            "codes by mail are already in use", "Nothing needs to be done.";
        /// Backup for what?
        NothingToBackUp: Conflict "no-second-factor",
            "there is no second factor", "Set up an authenticator app, a passkey or codes by mail first.";
        /// No such factor.
        NoSuchFactor: NotFound "no-such-second-factor",
            "there is no such second factor", "See which ones there are.";
        /// It was added before, perhaps by the same answer.
        PasskeyThere: Conflict "passkey-already-added",
            "this passkey was already added", "Begin anew to add another one.";
        /// Nobody pays for messages to the whole world.
        CountryRefused: Invalid "country-not-served" at "/phone",
            "no codes are sent to numbers of this country", "Use a number of another country, or another factor.";
        /// Nothing sends them.
        SmsNotOffered: Conflict "sms-not-offered",
            "codes by SMS aren't offered here", "Set up an authenticator app or a passkey.";
        /// It is on as it is.
        SmsThere: Conflict "texted-codes-already-on",
            "codes by SMS are already in use", "Nothing needs to be done.";
        /// It is as it should be.
        PhoneThere: Conflict "phone-already-proven",
            "this telephone number was already proven", "Nothing needs to be done.";
        /// Whoever has the telephone must have read a code there first.
        PhoneNotProven: Conflict "phone-not-proven",
            "there is no telephone number that a code was read at", "Give a number and show the code that is sent to it.";
        /// Whoever sends messages has refused this one for good.
        SmsRefused: Conflict "sms-refused",
            "the message with the code was refused and will not arrive", "Use another factor, or a backup code.";
        /// Nothing to take away.
        NothingToRemove: Conflict "no-second-factor-to-remove",
            "the account has no second factor", "Nothing needs to be done.";
        /// More than a person can tell apart.
        TooManyPasskeys: Conflict "too-many-passkeys",
            "there are too many passkeys", "Remove one that is no longer used.";
    }
}
