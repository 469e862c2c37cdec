internal import Records

/// The whole run as one JSON document: the files of the pack under their names.
public enum PlainJSON {
  public static func octets(_ source: ExportSource) throws -> [UInt8] {
    let result = source.result
    let document: JSONValue = [
      "schema": "urn:tenken:schema:result:1", "pack": .object(["tagManifestSHA256": .text(source.packDigest)]),
      "run": .value(result.run), "inventory": .value(result.inventory), "findings": .value(result.findings),
      "verdicts": .value(result.verdicts), "coverage": .value(result.coverage),
    ]
    return try document.octets(indented: true)
  }
}
