//! Nothing that is logged says anything of a key.

use super::{
    fake::{Fake, json},
    house::{House, KEY, generate},
};
use std::{
    io,
    sync::{Arc, Mutex},
};
use tokio::join;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_log_line_at_any_level_and_no_error_has_the_key() {
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(kept.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let mut said = Vec::new();
    let replies: [&[u8]; 4] = [
        &json("200 OK", KEY),
        &json("401 No", KEY),
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\ncut",
    ];
    for reply in replies {
        let (sent, ()) = join!(house.send(generate()), async { drop(fake.answer(reply).await) });
        said.push(format!("{sent:?}"));
        drop(house.take_idle());
    }
    let url = fake.url();
    drop(fake);
    said.push(format!("{:?}", house.send(generate()).await));
    said.push(String::from_utf8(kept.0.lock().unwrap().clone()).unwrap());
    let said = said.join("\n");

    assert!(said.contains("an upstream request got no answer"), "something was logged: {said}");
    for secret in [KEY, &KEY[..12], &url] {
        assert!(!said.contains(secret), "{said}");
    }
}
