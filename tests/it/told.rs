//! What is told is what is enforced: commands about a gateway that runs answer from that gateway.

mod elsewhere;
mod nobody;
mod well;

use crate::support::{Binary, Home};

/// A gateway whose file closes a route and weighs `app` otherwise, and a home elsewhere with a file of its
/// own and no keys.
async fn two() -> (Home, Binary, Home) {
    let home = Home::new().await;
    std::fs::write(home.path().join("routes.toml"), "[routes.\"v3.generate\"]\nenabled = false\n")
        .unwrap();
    home.change("[routes]\nfile = \"routes.toml\"\n[environments.app]\nweight = 3\n[queue]\ncapacity = 77\n");
    let gateway = home.start().await;
    let mut elsewhere = Home::new().await;
    elsewhere.variables.clear();
    elsewhere.change("[environments.app]\nweight = 9\n[environments.mine]\naccount = \"ideogram\"\nscopes = [\"read:*\"]\n");
    (home, gateway, elsewhere)
}
