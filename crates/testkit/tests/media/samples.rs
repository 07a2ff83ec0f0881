//! Small files of every type, made here.

fn boxed(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
    [&length[..], &name, body].concat()
}

pub(crate) fn jpeg() -> Vec<u8> {
    [&b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"[..], &[7; 500], b"\xff\xd9"].concat()
}

pub(crate) fn png() -> Vec<u8> {
    let head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55";
    [&head[..], b"\0\0\0\0IEND\xae\x42\x60\x82"].concat()
}

pub(crate) fn webp() -> Vec<u8> {
    let body = [&b"WEBPVP8 "[..], &[20, 0, 0, 0], &[0; 20]].concat();
    [&b"RIFF"[..], &u32::try_from(body.len()).unwrap().to_le_bytes(), &body].concat()
}

pub(crate) fn mp4() -> Vec<u8> {
    [boxed(*b"ftyp", b"isom\0\0\x02\0isomiso2mp41"), boxed(*b"moov", &[0; 100]), boxed(*b"mdat", &[9; 300])].concat()
}

pub(crate) fn mp3() -> Vec<u8> {
    [&b"ID3\x03\0\0\0\0\0\0"[..], b"\xff\xfb\x90\x00", &[3; 400]].concat()
}

pub(crate) fn opus() -> Vec<u8> {
    [&b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13"[..], b"OpusHead\x01\x01", &[5; 200]].concat()
}

pub(crate) fn pdf() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n".to_vec()
}

/// An archive whose table names these entries, each with the size that it says to unpack to.
pub(crate) fn zip(entries: &[(&str, u32)]) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut table = Vec::new();
    for (name, size) in entries {
        let offset = u32::try_from(archive.len()).unwrap();
        let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
        archive.extend(
            [
                &b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0"[..],
                &[0; 4],
                &[2, 0, 0, 0],
                &size.to_le_bytes(),
                &name_length,
                &[0; 2],
                name.as_bytes(),
                b"\x03\0",
            ]
            .concat(),
        );
        table.extend(
            [
                &b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0"[..],
                &[0; 4],
                &[2, 0, 0, 0],
                &size.to_le_bytes(),
                &name_length,
                &[0; 12],
                &offset.to_le_bytes(),
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let (length, at) =
        (u32::try_from(table.len()).unwrap().to_le_bytes(), u32::try_from(archive.len()).unwrap().to_le_bytes());
    [&archive[..], &table, b"PK\x05\x06\0\0\0\0", &count, &count, &length, &at, b"\0\0"].concat()
}

pub(crate) fn docx() -> Vec<u8> {
    zip(&[("[Content_Types].xml", 900), ("word/document.xml", 5_000)])
}
