//! Apps on other machines: over TLS only, and the certificate is renewed under way.

use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tokio_tungstenite::tungstenite::{self, Message};

use super::{Store, sale};
use crate::store::{Line, Setup};

const NAME: &str = "pos.store.test";

/// Puts a new certificate in the place of the old one; whoever trusts it can connect.
fn renew(directory: &Path) -> CertificateDer<'static> {
    let made = generate_simple_self_signed(vec![NAME.to_owned()]).unwrap();
    let CertifiedKey { cert, signing_key } = made;
    put(directory, "tls.crt", &cert.pem());
    put(directory, "tls.key", &signing_key.serialize_pem());
    cert.der().clone()
}

/// As a renewal would: under another name, then in its place, readable by the owner only.
fn put(directory: &Path, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let draft = directory.join("draft");
    std::fs::write(&draft, text).unwrap();
    std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::rename(&draft, directory.join(name)).unwrap();
}

/// What a client that trusts this certificate is told when it says hello.
fn hello(address: &str, trusted: &CertificateDer<'static>, name: &str, key: &str) -> Option<Value> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = tokio_rustls::rustls::crypto::ring::default_provider();
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let server = ServerName::try_from(NAME).unwrap();
    let client = ClientConnection::new(Arc::new(config), server).unwrap();
    let stream = StreamOwned::new(client, TcpStream::connect(address).unwrap());
    let (mut socket, _) = tungstenite::client(format!("wss://{name}/v1"), stream).ok()?;
    for (id, method, params) in [
        (1, "session.hello", json!({"key": key})),
        (2, "payment.sale", sale("k", 1_000)),
    ] {
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        socket.send(Message::text(request.to_string())).ok()?;
    }
    let mut last = Value::Null;
    for _ in 0..2 {
        last = serde_json::from_str(socket.read().ok()?.to_text().ok()?).unwrap();
    }
    Some(last)
}

#[test]
fn apps_on_other_machines_connect_over_tls() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    let first = renew(place);
    let network = format!(
        "[network]\nlisten = \"127.0.0.1:0\"\nnames = [\"{NAME}\"]\n\
         certificate = \"{0}/tls.crt\"\nkey = \"{0}/tls.key\"\n",
        place.display()
    );
    let store = Store::open_with(Line::Serial, &[], |setup| Setup {
        limits: network.clone(),
        ..setup
    });
    let log = || std::fs::read_to_string(store.station.data_dir.join("log")).unwrap();
    let told = log();
    let told = told.split("connect over TLS address=").nth(1).unwrap();
    let address = told.split_whitespace().next().unwrap();
    let key = store.station.pair("till-1", "cashier");

    let told = hello(address, &first, NAME, &key).unwrap();
    assert_eq!(told["result"]["outcome"], "approved", "{told}");
    // Neither by another name, nor without TLS, nor without a key.
    assert_eq!(hello(address, &first, "evil.example", &key), None);
    let plain = tungstenite::client(
        format!("ws://{NAME}/v1"),
        TcpStream::connect(address).unwrap(),
    );
    assert!(plain.is_err());
    let told = hello(address, &first, NAME, "posd.till-1.wrong").unwrap();
    assert_eq!(told["error"]["data"]["code"], "unauthorized", "{told}");

    // What is no certificate leaves the old one in use; a new one is used from the next connection on.
    put(place, "tls.crt", "nonsense");
    assert!(hello(address, &first, NAME, &key).is_some());
    assert!(log().contains("the old one stays"));
    let second = renew(place);
    assert!(hello(address, &second, NAME, &key).is_some());
    assert_eq!(hello(address, &first, NAME, &key), None);
    store.assert_books(1_000, 1_000, 0, 0);
}

#[test]
fn a_key_that_everybody_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut store = Store::open();
    let place = store.station.data_dir.clone();
    renew(&place);
    let key = place.join("tls.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    store.station.kill();
    let config = place.join("posd.toml");
    let mut text = std::fs::read_to_string(&config).unwrap();
    text += &format!(
        "[network]\nlisten = \"127.0.0.1:0\"\nnames = [\"{NAME}\"]\n\
         certificate = \"{0}/tls.crt\"\nkey = \"{0}/tls.key\"\n",
        place.display()
    );
    std::fs::write(&config, text).unwrap();
    assert!(!store.station.try_start(&[]));
    let log = std::fs::read_to_string(place.join("log")).unwrap();
    assert!(log.contains("everybody can read it"), "{log}");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(store.station.try_start(&[]));
}
