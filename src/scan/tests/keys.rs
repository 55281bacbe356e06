//! Keys of Ideogram's, by what they are assigned to.

use super::looker::{Looker, found, token};
use crate::scan::{Leak, ScanFinding};

/// Random, as keys are, and no key of anybody's.
const VALUES: [&str; 5] = [
    "Zk4vQ9xT2mWb7LpR8sYc",
    "q3ZfB7nK1xVtP9dLs5GhW2rYjM8cXe4oUv6TbQ0iNaFkDzHwCpJySgRm1uEl",
    "7f3c9a1e5b8d2460f9e7c3a1b5d80642",
    "3f2a8c1e-9b7d-4e60-a5c2-81d09f6b3e47",
    "wQ8_x-Lk2vB9nM4pT7yR1sD5fG0hJ3zXcV6aE/oI+uYtKqWmNbPrSg==",
];

/// Where `@@` is a key of Ideogram's.
const ASSIGNED: [&str; 75] = [
    "{\"Ideogram:ApiKey\": \"@@\"}",
    "Ideogram__ApiKey=@@",
    "x-ideogram-key: @@",
    "IDEOGRAM_API_KEY=@@",
    "IDEOGRAM_API_KEY = @@",
    "IDEOGRAM_API_KEY=\"@@\"",
    "export IDEOGRAM_API_KEY='@@'",
    "IDEOGRAM_KEY=@@ # prod",
    "IDEOGRAM_TOKEN=@@",
    "IDEOGRAM_API_KEY_PROD=@@",
    "NEXT_PUBLIC_IDEOGRAM_API_KEY=@@",
    "set -gx IDEOGRAM_API_KEY @@",
    "setx IDEOGRAM_API_KEY \"@@\"",
    "$env:IDEOGRAM_API_KEY = \"@@\"",
    "[Environment]::SetEnvironmentVariable('IDEOGRAM_API_KEY', '@@')",
    "ENV IDEOGRAM_API_KEY @@",
    "ENV IDEOGRAM_API_KEY=@@",
    "ARG IDEOGRAM_API_KEY=\"@@\"",
    "IDEOGRAM_API_KEY := @@",
    "IDEOGRAM_API_KEY ?= @@",
    "IDEOGRAM_API_KEY=${IDEOGRAM_API_KEY:-@@}",
    "gh secret set IDEOGRAM_API_KEY --body \"@@\"",
    "docker run -e IDEOGRAM_API_KEY=@@ image",
    "helm upgrade --set ideogram.apiKey=@@",
    "const ideogramApiKey = '@@';",
    "let ideogramKey = `@@`;",
    "const IDEOGRAM_API_KEY: string = \"@@\";",
    "const key = process.env.IDEOGRAM_API_KEY || '@@'",
    "const key = process.env.IDEOGRAM_API_KEY ?? \"@@\"",
    "const key = process.env['IDEOGRAM_API_KEY'] || \"@@\"",
    "import.meta.env.VITE_IDEOGRAM_API_KEY ?? '@@'",
    "ideogram: { apiKey: '@@' }",
    "new Ideogram({ apiKey: \"@@\" })",
    "fetch('https://api.ideogram.ai/generate', { headers: { 'Api-Key': '@@' } })",
    "{\"url\":\"https://api.ideogram.ai/\",\"headers\":{\"Api-Key\":\"@@\"}}",
    "{\"IDEOGRAM_API_KEY\": \"@@\"}",
    "{\\\"IDEOGRAM_API_KEY\\\":\\\"@@\\\"}",
    "{\"name\": \"IDEOGRAM_API_KEY\", \"value\": \"@@\"}",
    "{\"name\": \"IDEOGRAM_API_KEY\",\n    \"value\": \"@@\"}",
    "ideogram_api_key = \"@@\"",
    "os.environ[\"IDEOGRAM_API_KEY\"] = \"@@\"",
    "key = os.environ.get(\"IDEOGRAM_API_KEY\", \"@@\")",
    "IDEOGRAM_API_KEY = os.getenv(\"IDEOGRAM_API_KEY\", \"@@\")",
    "key = os.environ.get('IDEOGRAM_API_KEY') or '@@'",
    "client = Ideogram(api_key=\"@@\")",
    "class Ideogram:\n    def __init__(self):\n        self.api_key = '@@'",
    "ideogram_key: str = r\"@@\"",
    "r = requests.post('https://api.ideogram.ai/remix', headers={'Api-Key': '@@'})",
    "ideogramKey := \"@@\"",
    "const IdeogramAPIKey = \"@@\"",
    "// api.ideogram.ai\nreq.Header.Set(\"Api-Key\", \"@@\")",
    "// ideogram\nhttp.Header{\"Api-Key\": []string{\"@@\"}}",
    "static IDEOGRAM_API_KEY: &'static str = \"@@\";",
    "let ideogram_key = String::from(\"@@\");",
    "let ideogram_secret: Option<String> = Some(String::from(\"@@\"));",
    "Client::new(\"https://api.ideogram.ai\").header(\"Api-Key\", HeaderValue::from_static(\"@@\"))",
    "private static final String IDEOGRAM_API_KEY = \"@@\";",
    "public string IdeogramApiKey { get; set; } = \"@@\";",
    "<add key=\"IdeogramApiKey\" value=\"@@\" />",
    "<string name=\"ideogram_api_key\">@@</string>",
    "<IdeogramApiKey>@@</IdeogramApiKey>",
    "let ideogramApiKey: String = \"@@\"",
    "NSString *ideogramApiKey = @\"@@\";",
    "'ideogram_api_key' => '@@',",
    "define('IDEOGRAM_API_KEY', '@@');",
    "ENV['IDEOGRAM_API_KEY'] ||= '@@'",
    "ideogram.api.key=@@",
    "ideogram.api-key: @@",
    "ideogram:\n  base_url: https://example.com\n  api_key: @@",
    "[ideogram]\napi_key = \"@@\"",
    "- name: IDEOGRAM_API_KEY\n  value: @@",
    "    - IDEOGRAM_API_KEY=@@",
    "curl -X POST https://api.ideogram.ai/generate \\\n  -H 'Api-Key: @@' \\\n  -d @body",
    "POST https://api.ideogram.ai/generate\nAuthorization: Bearer @@\n",
    "http POST api.ideogram.ai/generate Api-Key:@@ prompt=cat",
];

/// Where nothing is a key of Ideogram's; `@@` is random.
const OTHERS: [&str; 93] = [
    "IDEOGRAM_API_KEY=your-@@",
    "IDEOGRAM_API_KEY=example_@@",
    "IDEOGRAM_API_KEY=fake.@@",
    "apiKey = configuration[\"Ideogram:ApiKey\"] ?? configuration[\"OtherSettingsOfVersion2\"];",
    "const [ideogramApiKey, setIdeogramApiKey] = useState('');",
    "\"Authorization\": f\"Bearer {os.environ.get('IDEOGRAM_KEY_V2')}\", 'url': 'https://api.ideogram.ai'",
    "throw new Error('IDEOGRAM_API_KEY not-configured-in-environment-1')",
    "if ideogram_api_key == \"ideogram-test-key-0123456789\":",
    "// Auth: Api-Key: {key}, env IDEOGRAM_API_KEY.",
    "IDEOGRAM_API_KEY=",
    "IDEOGRAM_API_KEY=your-ideogram-api-key",
    "IDEOGRAM_API_KEY=your_api_key_here_1234567890",
    "IDEOGRAM_API_KEY=<your-api-key>",
    "IDEOGRAM_API_KEY=\"...\"",
    "IDEOGRAM_API_KEY=xxxxxxxxxxxxxxxxxxxxxxxxxxxx1",
    "IDEOGRAM_API_KEY=********************************",
    "IDEOGRAM_API_KEY=REPLACE_ME_WITH_YOUR_KEY_2024",
    "IDEOGRAM_API_KEY=changeme-changeme-changeme-1",
    "IDEOGRAM_API_KEY=0123456789abcdef0123456789abcdef",
    "IDEOGRAM_API_KEY=00000000000000000000000000000000",
    "IDEOGRAM_API_KEY=abc123",
    "IDEOGRAM_API_KEY=$KEY",
    "IDEOGRAM_API_KEY=${SOME_OTHER_VARIABLE_NAME_2}",
    "IDEOGRAM_API_KEY=$(cat /run/secrets/key2)",
    "IDEOGRAM_API_KEY=`vault read -field=key2 kv/images`",
    "IDEOGRAM_API_KEY: ${{ secrets.IDEOGRAM_API_KEY }}",
    "IDEOGRAM_API_KEY=%IDEOGRAM_API_KEY_FROM_BUILD_2%",
    "IDEOGRAM_API_KEY_FILE=/run/secrets/ideogram_api_key_1",
    "IDEOGRAM_API_KEY_FILE=@@",
    "IDEOGRAM_API_KEY_SHA256=@@",
    "IDEOGRAM_KEY_ID=@@",
    "IDEOGRAM_API_KEY_URL=https://vault.example.com/v1/kv2/data",
    "IDEOGRAM_API_KEY=op://production/images/credential7",
    "IDEOGRAM_API_KEY=arn:aws:secretsmanager:eu-west-1:123456789012:secret:key",
    "IDEOGRAM_API_KEY=projects/12345/secrets/images-prod/versions/7",
    "IDEOGRAM_API_KEY=/run/secrets/production4/k3y/z9x8",
    "IDEOGRAM_BASE_URL=@@",
    "IDEOGRAM_MODEL=@@",
    "OPENAI_API_KEY=@@",
    "API_KEY=@@",
    "Api-Key: @@",
    "curl https://example.com -H 'Api-Key: @@'",
    "const ideogramApiKey = process.env.IDEOGRAM_API_KEY;",
    "const ideogramApiKey = process.env.IDEOGRAM_API_KEY || '';",
    "const ideogramApiKey = process.env.PRODUCTION_IMAGES_V2_VENDOR;",
    "const ideogramApiKey = process.env.IDEOGRAM_API_KEY!;",
    "const ideogramApiKey = config.get('providers.images.v2.vendor');",
    "const ideogramApiKey = loadCredentialFromVault2(region);",
    "const ideogramApiKey = credentials[environment1234567890];",
    "const ideogramApiKey = await secretManager.fetchLatest3('x');",
    "const ideogramApiKey = settings.providers.image4.primaryCredential;",
    "const IDEOGRAM_API_KEY_HEADER = 'X-Custom-Header-Name-0123';",
    "type Options = { ideogramApiKey: string; model: string }",
    "interface X { ideogramApiKey?: string }",
    "function f(ideogramApiKey: string, numberOfPictures1234567: number)",
    "if (!ideogramApiKey) throw new Error('IDEOGRAM_API_KEY is missing')",
    "expect(ideogramApiKey).toBe('test-key-1234567890-abcdefgh')",
    "headers: { 'Api-Key': ideogramApiKey }",
    "headers: { 'Api-Key': `${process.env.IDEOGRAM_API_KEY}` }",
    "ideogram_api_key = os.environ[\"IDEOGRAM_API_KEY\"]",
    "ideogram_api_key = os.environ.get('IDEOGRAM_API_KEY', '')",
    "ideogram_api_key = os.getenv(\"IDEOGRAM_API_KEY\")",
    "ideogram_api_key: str = Field(..., env='IDEOGRAM_API_KEY')",
    "ideogram_api_key = get_secret_value(\"ideogram/prod/key2\")",
    "ideogram_api_key = st.secrets[\"IDEOGRAM_API_KEY\"]",
    "ideogram_api_key = \"\"",
    "ideogram_api_key = None",
    "ideogramKey := os.Getenv(\"IDEOGRAM_API_KEY\")",
    "let ideogram_key = std::env::var(\"IDEOGRAM_API_KEY\")?;",
    "let ideogram_key = env!(\"IDEOGRAM_API_KEY\");",
    "String ideogramApiKey = System.getenv(\"IDEOGRAM_API_KEY\");",
    "ideogram.api.key=${IDEOGRAM_API_KEY}",
    "ideogram.api.key=@ideogram.production.key.2@",
    "ideogram:\n  api_key: ${IDEOGRAM_API_KEY}",
    "ideogram:\n  api_key: !vault |",
    "- name: IDEOGRAM_API_KEY\n  valueFrom:\n    secretKeyRef: {name: images, key: key-2024-production}",
    "var.ideogram_api_key",
    "ideogram_api_key = var.ideogram_api_key_production_2",
    "ideogram_api_key = data.aws_secretsmanager_secret_version.images2.secret_string",
    "The IDEOGRAM_API_KEY environment variable authenticates2 you",
    "Get a key at https://ideogram.ai/manage-api (Api-Key header).",
    "ideogram: Authorization: Bearer ${TOKEN}",
    "ideogram: Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    "ideogram and openai\nOPENAI_API_KEY=@@",
    "ideogram\napi_key=sk-@@",
    "ideogram\napi_key=ghp_@@",
    "\"ideogram\": \"sha512-@@\"",
    "\"ideogram\": \"^1.2.3-beta.20240115.1234567\"",
    "\"ideogram\": \"3f786850e387550fdab836ed7e6dc881de23001b\"",
    "name = \"ideogram\"\nchecksum = \"3f786850e387550fdab836ed7e6dc881de23001b\"",
    "github.com/someone/ideogram v1.2.3 h1:@@=",
    "IDEOGRAM_API_KEY=@@ # ideogate:allow",
    "ideogram_generation = \"@@\"",
];

#[test]
fn a_key_is_found_in_every_language() {
    let looker = Looker::new();
    let (mut missed, mut wrong) = (Vec::new(), Vec::new());
    for line in ASSIGNED {
        for value in VALUES {
            let text = line.replace("@@", value);
            let found = looker.found(&text);
            if found.len() != 1 || !matches!(found[0].leak, Leak::Key { .. }) {
                missed.push((text, found));
                continue;
            }
            let before = &text[..text.rfind(value).unwrap()];
            let line = before.matches('\n').count() as u64 + 1;
            let column = before.rsplit('\n').next().unwrap().chars().count() as u64 + 1;
            if (found[0].line, found[0].column) != (line, column) {
                wrong.push((text, found));
            }
        }
    }
    assert!(missed.is_empty() && wrong.is_empty(), "{missed:#?} {wrong:#?}");
}

#[test]
fn what_is_no_key_is_not_told_of() {
    let looker = Looker::new();
    let mut wrong = Vec::new();
    for line in OTHERS {
        for value in VALUES {
            let text = line.replace("@@", value);
            let found = looker.found(&text);
            if !found.is_empty() {
                wrong.push((text, found));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_what_is_near_to_ideograms_name_is_its_key() {
    let text = |distance: usize| {
        let between = "x\n".repeat(distance / 2);
        format!("https://api.ideogram.ai\n{between}Api-Key: {}", VALUES[0])
    };
    assert_eq!(found(text(1500)).len(), 1);
    assert_eq!(found(text(5000)), []);
}

#[test]
fn keys_are_found_in_minified_code_and_in_utf_16() {
    let long = "var a=function(b){return b.c(1)};".repeat(100_000);
    let text = format!("{long}x={{ideogramApiKey:\"{}\"}};{long}", VALUES[1]);
    assert_eq!(found(text).len(), 1);
    let text = format!("\u{feff}IDEOGRAM_API_KEY={}\r\n", VALUES[1]);
    let wide: Vec<_> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(found(wide).len(), 1);
}

/// Ideogram's name once a byte must not make a file take forever.
#[test]
fn a_file_full_of_names_is_looked_at_once() {
    assert_eq!(found("ideogram".repeat(400_000)), []);
    assert_eq!(found("ideogram_key=".repeat(200_000)), []);
    assert_eq!(found("api-key ideogram ".repeat(200_000)), []);
}

#[test]
fn a_token_is_never_allowed() {
    let token = token("prod");
    assert_eq!(found(format!("IDEOGRAM_API_KEY={token} # ideogate:allow")).len(), 1);
}

#[test]
fn a_token_of_ours_in_place_of_a_key_is_told_of_once() {
    let token = token("prod");
    let found = found(format!("IDEOGRAM_API_KEY={token}"));
    assert!(matches!(found[..], [ScanFinding { leak: Leak::Token { .. }, .. }]), "{found:?}");
}

#[test]
fn nothing_that_is_told_holds_the_key() {
    let told = format!("{:?}", found(format!("IDEOGRAM_API_KEY={}", VALUES[1])));
    assert!(told.contains(&VALUES[1][..4]) && !told.contains(&VALUES[1][..5]), "{told}");
    let end = VALUES[1].len() - 4;
    assert!(told.contains(&VALUES[1][end..]) && !told.contains(&VALUES[1][end - 1..]), "{told}");
}
