use super::support::{Given, wrong};
use insta::assert_snapshot;

#[test]
fn all_mistakes_are_told_at_once() {
    let text =
        "[queue]\ncapactiy = 1\ntimeout = 15\n\n[environments.prod]\naccount = \"idogram\"\n";
    let given = Given::settings(text)
        .variable("IDEOGATE__QUEUE__CAPACITY", "many")
        .variable("IDEOGATE__BODIES__MEMORY", "64 apples");
    assert_snapshot!(given.mistakes(), @r#"
    5 mistakes in the settings
      queue.capacity = "many" (environment variable IDEOGATE__QUEUE__CAPACITY): must be a whole number from 0 to 1000000
      queue.timeout = 15 (ideogate.toml:3): must be a span of time like "30s", "10m" or "90d"
      queue.capactiy (ideogate.toml:2): there is no such key; did you mean queue.capacity?
      bodies.memory = "64 apples" (environment variable IDEOGATE__BODIES__MEMORY): must be a size like "64MiB" or "4GiB", at least 1.0 MiB
      environments.prod.account = "idogram" (ideogate.toml:6): there is no account "idogram"; did you mean "ideogram"?
    "#);
}

#[test]
fn a_bound_below_32_mib_is_a_mistake_and_none_at_all_is_not() {
    let told = Given::settings("[data]\nmax_size = \"31MiB\"\n").mistakes();
    assert!(told.contains("or at least 32.0 MiB: 8.0 MiB of it are kept for changes"), "{told}");
    for (size, bytes) in [("0B", 0), ("32MiB", 32 * 1024 * 1024)] {
        let given = Given::settings(&format!("[data]\nmax_size = \"{size}\"\n"));
        assert_eq!(given.load().unwrap().settings.data.max_size, bytes);
    }
}

#[test]
fn an_unknown_key_or_table_is_told_with_the_nearest_one() {
    let given = Given::settings("[queu]\ncapacity = 1\n\n[log]\ncolour = true\n");
    let given = given.variable("IDEOGATE__ACCOUNTS__IDEOGRAM__BASEURL", "https://x.example.com");
    assert_snapshot!(given.mistakes(), @"
    3 mistakes in the settings
      accounts.ideogram.baseurl (environment variable IDEOGATE__ACCOUNTS__IDEOGRAM__BASEURL): there is no such key; did you mean accounts.ideogram.base_url?
      log.colour (ideogate.toml:5): there is no such key; log has filter, format
      queu (ideogate.toml:1): there is no such key; did you mean queue?
    ");
}

#[test]
fn a_key_in_the_settings_is_refused_and_never_repeated() {
    let text = "[accounts.ideogram]\nide_api_key = \"hunter2\"\n\
                [environments.prod]\nkey = \"hunter2-abc\"\n\
                [environments.dev]\nkey = \"Hunter2\"\n\
                [data]\ndatabase = \"postgres://ideogate:hunter2@db/ideogate\"\n";
    let given = Given::settings(text)
        .variable("IDEOGATE__ACCOUNTS__SIMULATOR__BASE_URL", "https://me:hunter2@example.com");
    let told = given.mistakes();
    assert!(!told.to_lowercase().contains("hunter2"), "{told}");
    assert_snapshot!(told, @r#"
    5 mistakes in the settings
      data.database (ideogate.toml:8): must be "sqlite"; PostgreSQL is not built in yet
      accounts.ideogram.ide_api_key (ideogate.toml:2): keys are never in settings; give IDEOGRAM_API_KEY, IDEOGRAM_API_KEY_FILE, or the same with _<ENVIRONMENT>, as in IDEOGRAM_API_KEY_PROD_FILE
      accounts.simulator.base_url (environment variable IDEOGATE__ACCOUNTS__SIMULATOR__BASE_URL): must not hold a user or a password
      environments.dev.key (ideogate.toml:6): must name a variable, like "IDEOGRAM_API_KEY_TEAM_A"
      environments.prod.key (ideogate.toml:4): must name a variable, like "IDEOGRAM_API_KEY_TEAM_A"
    "#);
}

#[test]
fn the_origin_of_an_account_is_bare_and_plain_only_on_loopback() {
    let text = "[accounts]\n\
                a.base_url = \"http://api.ideogram.ai\"\n\
                b.base_url = \"https://api.ideogram.ai/v1\"\n\
                c.base_url = \"api.ideogram.ai\"\n\
                d.base_url = \"https://api.ideogram.ai?x=1\"\n\
                e.base_url = \"http://localhost:9000\"\n\
                f.base_url = \"http://[::1]:9000\"\n";
    assert_snapshot!(wrong(text), @r#"
    4 mistakes in the settings
      accounts.a.base_url = "http://api.ideogram.ai" (ideogate.toml:2): must be https://, for plain http:// goes to loopback only
      accounts.b.base_url = "https://api.ideogram.ai/v1" (ideogate.toml:3): must be an origin like "https://api.ideogram.ai", without path or query
      accounts.c.base_url = "api.ideogram.ai" (ideogate.toml:4): must be an origin like "https://api.ideogram.ai", without path or query
      accounts.d.base_url = "https://api.ideogram.ai?x=1" (ideogate.toml:5): must be an origin like "https://api.ideogram.ai", without path or query
    "#);
}

#[test]
fn plain_http_on_other_addresses_must_be_said() {
    let text = "[listen]\nproxy = \"0.0.0.0:8080\"\nadmin = \"[::]:8081\"\n";
    assert_snapshot!(wrong(text), @r#"
    2 mistakes in the settings
      listen.proxy = "0.0.0.0:8080" (ideogate.toml:2): without TLS it must be a loopback address: say listen.allow_plaintext = true if a proxy in front speaks TLS
      listen.admin = "[::]:8081" (ideogate.toml:3): without TLS it must be a loopback address: say listen.allow_plaintext = true if a proxy in front speaks TLS
    "#);
    let with_tls = format!("{text}tls_cert = \"a.crt\"\ntls_key = \"a.key\"\n");
    assert!(Given::settings(&with_tls).load().is_ok());
    assert!(Given::settings(&format!("{text}allow_plaintext = true\n")).load().is_ok());
}

#[test]
fn half_of_tls_and_one_address_for_two_listeners_are_mistakes() {
    let text = "[listen]\ntls_cert = \"a.crt\"\nadmin = \"127.0.0.1:8080\"\n";
    assert_snapshot!(wrong(text), @r#"
    2 mistakes in the settings
      listen.tls_cert = "a.crt" (ideogate.toml:2): needs listen.tls_key beside it
      listen.admin = "127.0.0.1:8080" (ideogate.toml:3): must be another address or port than listen.proxy, which is 127.0.0.1:8080
    "#);
    assert!(wrong("[listen]\ntls_key = \"a.key\"\n").contains("needs listen.tls_cert beside it"));
    let free_ports = "[listen]\nproxy = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n";
    assert!(Given::settings(free_ports).load().is_ok());
}

#[test]
fn no_wait_is_longer_than_the_longest() {
    let text = "[queue]\ntimeout = \"11m\"\n[environments.dev]\nqueue_timeout = \"20m\"\n";
    assert_snapshot!(wrong(text), @r#"
    2 mistakes in the settings
      queue.timeout = "11m" (ideogate.toml:2): must not be longer than queue.max_timeout
      environments.dev.queue_timeout = "20m" (ideogate.toml:4): must not be longer than queue.max_timeout
    "#);
}

#[test]
fn a_longest_wait_below_the_usual_one_bounds_it() {
    let loaded = Given::settings("[queue]\nmax_timeout = \"30s\"\n").load().expect("no mistake");
    assert_eq!(loaded.settings.queue.timeout, std::time::Duration::from_secs(30));
}

#[test]
fn weights_start_at_one_and_reservations_fit_under_the_cap() {
    let text = "[environments]\n\
                dev = { weight = 0, reserved_places = 0 }\n\
                staging.reserved_places = 5\n\
                prod.reserved_places = 6\n\
                sandbox.reserved_places = 10\n";
    assert_snapshot!(wrong(text), @"
    2 mistakes in the settings
      environments.dev.weight = 0 (ideogate.toml:2): must be a whole number from 1 to 1000
      environments.staging.reserved_places = 5 (ideogate.toml:3): the environments of account ideogram reserve 11 places together, but its max_in_flight is 10
    ");
}

#[test]
fn scopes_routes_and_limits_must_exist() {
    let text = "[environments.prod]\nscopes = [\"write:genrate\", \"admin\", \"write:limited\"]\n\
                [environments.staging.limited]\nroutes = [\"v3.generat\", \"colour\"]\n\
                [environments.dev]\nscopes = [\"write:limited\"]\n";
    assert_snapshot!(wrong(text), @r#"
    3 mistakes in the settings
      environments.dev.scopes = ["write:limited"] (ideogate.toml:6): write:limited needs limits: give some in [environments.dev.limited]
      environments.prod.scopes = "write:genrate" (ideogate.toml:2): is no scope; did you mean write:generate?
      environments.staging.limited.routes = "v3.generat" (ideogate.toml:4): there is no route v3.generat; did you mean v3.generate?
    "#);
}

#[test]
fn an_added_environment_must_say_its_account_and_scopes_and_have_a_usable_name() {
    let text = "[environments.qa]\n[environments.Prod]\naccount = \"ideogram\"\nscopes = []\n\
                [environments.key-file]\naccount = \"ideogram\"\nscopes = []\n";
    assert_snapshot!(wrong(text), @r#"
    4 mistakes in the settings
      environments.Prod: a name has 1 to 32 characters out of a-z, 0-9, '.' and '-', and starts with a letter
      environments.key-file: must not end in "file", for IDEOGRAM_API_KEY_…_FILE names a file
      environments.qa.account: must be given
      environments.qa.scopes: must be given
    "#);
}

#[test]
fn what_is_not_toml_is_told_by_line() {
    let told = wrong("[queue]\ncapacity = 5\ntimeout = 5s\n[queue]\n");
    assert!(told.contains("ideogate.toml (ideogate.toml:3): this is not TOML: "), "{told}");
    let missing = Given::missing_settings().mistakes();
    assert!(missing.contains("ideogate.toml: cannot be read: "), "{missing}");
}

#[test]
fn a_table_that_is_no_table_and_a_value_that_is_no_value_are_told() {
    let given = Given::settings("queue = 5\n[log]\nfilter = [\"info\"]\nformat = 1.5\n");
    assert_snapshot!(given.mistakes(), @r#"
    6 mistakes in the settings
      queue = 5 (ideogate.toml:1): must be a table of keys
      queue.capacity: must be given
      queue.timeout: must be given
      queue.max_timeout: must be given
      log.filter = ["info"] (ideogate.toml:3): must be a text
      log.format = 1.5 (ideogate.toml:4): must be "text" or "json"
    "#);
}

#[test]
fn variables_that_say_two_things_at_once_are_told() {
    let given = Given::nothing()
        .variable("IDEOGATE__QUEUE", "5")
        .variable("IDEOGATE__QUEUE__CAPACITY", "5")
        .variable("IDEOGATE____X", "1");
    assert_snapshot!(given.mistakes(), @"
    2 mistakes in the settings
      IDEOGATE__QUEUE__CAPACITY (environment variable IDEOGATE__QUEUE__CAPACITY): another variable sets queue itself
      IDEOGATE____X (environment variable IDEOGATE____X): a setting is written IDEOGATE__SECTION__KEY
    ");
}

#[test]
fn a_broken_line_of_dot_env_is_told_without_its_text() {
    let given = Given::nothing().file(".env", "A=1\nIDEOGRAM_API_KEY='hunter2\n");
    let told = given.mistakes();
    assert!(!told.contains("hunter2"), "{told}");
    assert_snapshot!(told, @"
    1 mistake in the settings
      .env: line 2 begins with a quote that is not closed
    ");
}

#[test]
fn a_filter_or_a_network_nobody_understands_is_told() {
    let text = "[log]\nfilter = \"info,=,\"\n[door]\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\", \"lan\"]\n\
                [listen]\nadmin_hosts = [\"https://x\"]\npublic_url = \"images\"\n";
    assert_snapshot!(wrong(text), @r#"
    4 mistakes in the settings
      listen.public_url = "images" (ideogate.toml:7): must be a URL like "https://images.example.com"
      listen.admin_hosts = "https://x" (ideogate.toml:6): must be a host name like "admin.example.com"
      door.trusted_proxies = "lan" (ideogate.toml:4): must be a network like "10.0.0.0/8"
      log.filter = "info,=," (ideogate.toml:2): must be a filter like "info" or "info,ideogate=debug"
    "#);
}

#[test]
fn paths_for_a_shell_are_refused_before_a_folder_of_that_name_is_made() {
    let text = "[data]\ndir = \"~/ideogate\"\n[audit]\ncheckpoint_file = \"$HOME/checkpoints\"\n\
                [listen]\ntls_cert = \"${TLS}/a.crt\"\ntls_key = \"~root/a.key\"\n\
                [routes]\nfile = \"~/routes.toml\"\n[prices]\nfile = \"$(pwd)/prices.toml\"\n";
    let told = wrong(text);
    for key in [
        "data.dir",
        "audit.checkpoint_file",
        "listen.tls_cert",
        "listen.tls_key",
        "routes.file",
        "prices.file",
    ] {
        let line = told.lines().find(|line| line.trim_start().starts_with(key));
        assert!(
            line.is_some_and(|line| line.contains("only a shell understands")),
            "{key}: {told}"
        );
    }
}

#[test]
fn ports_that_cannot_be_are_told() {
    let text = "[listen]\nproxy = \"127.0.0.1:65536\"\nadmin = \":99999\"\npublic_url = \"https://a.example.com:65536\"\n\
                admin_hosts = [\"a.example.com:0\"]\n[accounts.ideogram]\nbase_url = \"http://127.0.0.1:99999\"\n";
    assert_snapshot!(wrong(text), @r#"
    5 mistakes in the settings
      listen.proxy = "127.0.0.1:65536" (ideogate.toml:2): must be an address and a port like "127.0.0.1:8080": "65536" is no port, which are the numbers from 0 to 65535
      listen.admin = ":99999" (ideogate.toml:3): must be an address and a port like "127.0.0.1:8080": "99999" is no port, which are the numbers from 0 to 65535
      listen.public_url = "https://a.example.com:65536" (ideogate.toml:4): names a port that cannot be
      listen.admin_hosts = "a.example.com:0" (ideogate.toml:5): names a port that cannot be
      accounts.ideogram.base_url = "http://127.0.0.1:99999" (ideogate.toml:7): names a port that cannot be
    "#);
    let both = "[listen]\nproxy = \"0.0.0.0:8081\"\nallow_plaintext = true\n";
    assert!(
        wrong(both).contains("another address or port than listen.proxy, which is 0.0.0.0:8081")
    );
    assert!(wrong("[listen]\nproxy = 8080\n").contains("\"127.0.0.1:8080\""));
}

#[test]
fn an_environment_that_is_not_there_is_told_wherever_it_is_named() {
    let text = "[review]\nproduction = [\"prod\", \"porduction\", \"stagging\"]\n";
    assert!(
        wrong(text).contains("must be the name of an environment: dev, prod, sandbox, staging")
    );
    let text = "[review]\nproduction = [\"stagging\"]\n";
    assert!(
        wrong(text).contains("there is no environment \"stagging\"; did you mean \"staging\"?")
    );
    let own = "[environments.live]\naccount = \"ideogram\"\nscopes = [\"read:*\"]\n[review]\nproduction = [\"live\"]\n";
    assert!(Given::settings(own).load().is_ok());
}

#[test]
fn a_log_filter_that_would_be_silent_is_told() {
    let told = wrong("[log]\nfilter = \"warning\"\n");
    assert!(
        told.contains("log.filter = \"warning\" (ideogate.toml:2)")
            && told.contains("did you mean \"warn\"?"),
        "{told}"
    );
    let given = Given::nothing().variable("IDEOGATE__LOG__FILTER", "info,ideogate=warning");
    assert!(given.mistakes().contains("did you mean \"warn\"?"));
    let given = Given::nothing().variable("IDEOGATE__LOG__FILTER", "info, ideogate=debug");
    assert_eq!(&*given.load().unwrap().settings.log.filter, "info,ideogate=debug");
}

#[test]
fn texts_that_turn_the_order_of_letters_are_refused() {
    let text = "[environments.dev.policy]\nmodels = [\"V_3\\u202Ex\"]\n";
    assert!(wrong(text).contains("turn the order"), "{}", wrong(text));
}

#[test]
fn variables_reach_environments_and_accounts_with_a_hyphen() {
    let text = "[environments.my-env]\naccount = \"my-account\"\nscopes = [\"read:*\"]\n[accounts.my-account]\n";
    let given = Given::settings(text)
        .variable("IDEOGATE__ENVIRONMENTS__MY_ENV__WEIGHT", "7")
        .variable("IDEOGATE__ACCOUNTS__MY_ACCOUNT__MAX_IN_FLIGHT", "3")
        .variable("IDEOGATE__ENVIRONMENTS__NEW_ONE__ACCOUNT", "simulator")
        .variable("IDEOGATE__ENVIRONMENTS__NEW_ONE__SCOPES", "read:*");
    let settings = given.load().unwrap_or_else(|told| panic!("{told}")).settings;
    assert_eq!(settings.environments[&"my-env".parse().unwrap()].weight, 7);
    assert_eq!(settings.accounts[&"my-account".parse().unwrap()].max_in_flight, 3);
    assert!(settings.environments.contains_key(&"new-one".parse().unwrap()));
    let twins = format!(
        "{text}[environments.\"my.env\"]\naccount = \"simulator\"\nscopes = [\"read:*\"]\n"
    );
    let given = Given::settings(&twins).variable("IDEOGATE__ENVIRONMENTS__MY_ENV__WEIGHT", "7");
    let told = given.mistakes();
    assert!(told.contains("may be each of my-env, my.env: set it in the file"), "{told}");
}
