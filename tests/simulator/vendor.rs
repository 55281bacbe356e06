//! A stand-in on a free port, and clients for it.

use ideogate::{
    simulator::{Simulator, SimulatorOptions},
    tasks::Tasks,
};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::Value as Json;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub const V3: &str = "/v1/ideogram-v3/generate";
pub const V4: &str = "/v1/ideogram-v4/generate";
pub const V2: &str = "/v2/image/generate/ideogram-4-5";

pub struct Vendor {
    pub simulator: Simulator,
    pub address: SocketAddr,
    client: Client,
}

impl Vendor {
    pub async fn start() -> Self {
        Self::start_with(SimulatorOptions { pace: 0.0, ..SimulatorOptions::default() }).await
    }

    /// Starts a stand-in whose links lead to itself.
    pub async fn start_with(mut options: SimulatorOptions) -> Self {
        rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        options.link_base = format!("http://{address}");
        let simulator = Simulator::new(options, &Tasks::default());
        let served = simulator.clone();
        tokio::spawn(async move { served.serve(listener, std::future::pending()).await });
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        Self { simulator, address, client: client.expect("a client") }
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("http://{}{path}", self.address)).header("Api-Key", "simulator")
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("http://{}{path}", self.address)).header("Api-Key", "simulator")
    }

    pub async fn json(&self, path: &str, body: &Json) -> Response {
        self.post(path).json(body).send().await.expect("an answer")
    }

    pub async fn form(&self, path: &str, form: Form) -> Response {
        let mut body = form.0;
        body.extend(b"--b0--\r\n");
        let kind = "multipart/form-data; boundary=b0";
        self.post(path).header("content-type", kind).body(body).send().await.expect("an answer")
    }

    /// Fetches whatever a link leads to, without a key.
    pub async fn fetch(&self, url: &str) -> Response {
        self.client.get(url).send().await.expect("an answer")
    }

    /// Sends bytes as they are on a connection of their own, and returns all that comes back.
    pub async fn raw(&self, request: &str) -> (Vec<u8>, Option<std::io::ErrorKind>) {
        let mut stream = TcpStream::connect(self.address).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("the request is taken");
        let mut answer = Vec::new();
        let end = stream.read_to_end(&mut answer).await;
        (answer, end.err().map(|problem| problem.kind()))
    }
}

/// Returns a good call to the path of version 3, with its own framing.
pub fn v3_call(more: &str) -> String {
    let body = r#"{"prompt":"a cat"}"#;
    format!(
        "POST {V3} HTTP/1.1\r\nHost: x\r\nApi-Key: simulator\r\nContent-Type: application/json\r\n\
         {more}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A body of multipart form data.
#[derive(Default)]
pub struct Form(Vec<u8>);

impl Form {
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.part(&format!("name=\"{name}\""), value.as_bytes());
        self
    }

    pub fn file(self, name: &str, bytes: usize) -> Self {
        self.upload(name, &vec![7; bytes])
    }

    pub fn upload(mut self, name: &str, content: &[u8]) -> Self {
        self.part(&format!("name=\"{name}\"; filename=\"a.png\""), content);
        self
    }

    fn part(&mut self, parameters: &str, content: &[u8]) {
        let head = format!("--b0\r\nContent-Disposition: form-data; {parameters}\r\n\r\n");
        self.0.extend(head.as_bytes());
        self.0.extend(content);
        self.0.extend(b"\r\n");
    }
}

pub fn form(fields: &[(&str, &str)], files: &[&str]) -> Form {
    let form = fields.iter().fold(Form::default(), |form, (name, value)| form.text(name, value));
    files.iter().fold(form, |form, name| form.file(name, 100))
}

pub async fn body(response: Response) -> Json {
    response.json().await.expect("JSON")
}

/// Returns the names of an object's members, sorted.
pub fn members(json: &Json) -> String {
    let object = json.as_object().expect("an object");
    let mut names: Vec<_> = object.keys().map(String::as_str).collect();
    names.sort_unstable();
    names.join(" ")
}

pub fn ok(response: Response) -> Response {
    assert_eq!(response.status(), StatusCode::OK);
    response
}

/// Lets everything else run until `test` passes.
pub async fn until(test: impl Fn() -> bool) {
    while !test() {
        tokio::task::yield_now().await;
    }
}
