//! An operator at the admin socket.

use super::{
    TestApp,
    sweep::{self, Sink},
};
use serde_json::Value;

impl TestApp {
    /// Asks the control plane.
    pub(crate) async fn ask(&self, path: &str) -> Value {
        let request = self.operator_client().get(format!("http://localhost{path}"));
        read(request.send().await.unwrap()).await
    }

    /// Tells the control plane something.
    pub(crate) async fn tell(&self, path: &str, body: &Value) -> Value {
        let request = self.operator_client().post(format!("http://localhost{path}"));
        read(request.json(body).send().await.unwrap()).await
    }

    fn operator_client(&self) -> reqwest::Client {
        rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
        reqwest::Client::builder().unix_socket(self.running.socket()).build().unwrap()
    }
}

async fn read(response: reqwest::Response) -> Value {
    let body = response.bytes().await.unwrap();
    sweep::now_or_never(Sink::Admin, "", &body);
    sweep::met_in_output(&body);
    serde_json::from_slice(&body).unwrap()
}
