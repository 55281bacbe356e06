//! What the settings may say and this version does not do: refused, never ignored.

use crate::config::Settings;

/// The settings ask for something that is not done.
#[derive(Debug, thiserror::Error)]
pub enum Unserved {
    /// TLS on the listeners.
    #[error(
        "listen.tls_cert and listen.tls_key are set, and this version does not speak TLS: nothing would \
         be encrypted. Take them out, let a proxy in front speak TLS, and say \
         listen.allow_plaintext = true if the gateway then listens on more than loopback"
    )]
    Tls,
}

/// Refuses settings that ask for something that is not done.
pub fn refuse_unserved(settings: &Settings) -> Result<(), Unserved> {
    let listen = &settings.listen;
    if listen.tls_cert.is_some() || listen.tls_key.is_some() {
        return Err(Unserved::Tls);
    }
    Ok(())
}
