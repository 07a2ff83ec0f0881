//! Forms with files, put together byte by byte: the tests send wrong ones too.

use crate::client::Request;

const BOUNDARY: &str = "x-wagate-x";

/// A multipart body of one part.
pub fn form(part: &str, filename: &str, bytes: &[u8]) -> Vec<u8> {
    let name = filename.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    let head = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{part}\"; filename=\"{name}\"\r\n\
         content-type: image/jpeg\r\n\r\n"
    );
    [head.as_bytes(), bytes, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat()
}

impl Request {
    /// With a form of one file.
    pub fn file(self, filename: &str, bytes: &[u8]) -> Self {
        self.multipart(form("file", filename, bytes))
    }

    /// With these bytes, called a form.
    pub fn multipart(self, body: Vec<u8>) -> Self {
        self.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}")).bytes(body)
    }
}
