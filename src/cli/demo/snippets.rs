//! The demo's call in other words.
//!
//! Each has the token in it, which is good only while the demo runs.

/// Returns the call for a shell.
pub(super) fn curl(url: &str, token: &str) -> String {
    format!(
        "curl {url}/v1/ideogram-v3/generate \\\n  -H 'Api-Key: {token}' \\\n  \
         -F prompt='a lighthouse in the morning fog' -F rendering_speed=TURBO"
    )
}

/// Returns the call for Python.
pub(super) fn python(url: &str, token: &str) -> String {
    format!(
        "import requests\n\nanswer = requests.post(\n    \"{url}/v1/ideogram-v3/generate\",\n    \
         headers={{\"Api-Key\": \"{token}\"}},\n    \
         json={{\"prompt\": \"a lighthouse in the morning fog\", \"rendering_speed\": \"TURBO\"}},\n)\n\
         print(answer.json()[\"data\"][0][\"url\"])"
    )
}

/// Returns the call for TypeScript.
pub(super) fn typescript(url: &str, token: &str) -> String {
    format!(
        "const answer = await fetch(\"{url}/v1/ideogram-v3/generate\", {{\n  method: \"POST\",\n  \
         headers: {{ \"Api-Key\": \"{token}\", \"Content-Type\": \"application/json\" }},\n  \
         body: JSON.stringify({{ prompt: \"a lighthouse in the morning fog\", rendering_speed: \"TURBO\" }}),\n}});\n\
         console.log((await answer.json()).data[0].url);"
    )
}
