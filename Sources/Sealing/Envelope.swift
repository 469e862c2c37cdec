internal import Foundation

/// A signed payload (DSSE v1.0.2): the signature is over the type and the octets, never over a second reading of them.
public struct Envelope: Hashable, Sendable {
  /// Of an in-toto statement.
  public static let inTotoType = "application/vnd.in-toto+json"

  public struct Signature: Hashable, Sendable {
    /// A hint which key it is; nothing is decided by it.
    public let keyID: String
    public let octets: [UInt8]
  }

  public let payloadType: String
  public let payload: [UInt8]
  public let signatures: [Signature]

  /// Signs a payload.
  public init(signing payload: [UInt8], type: String, by key: SigningKey, keyID: String) throws(KeyError) {
    self.payload = payload
    payloadType = type
    signatures = [
      Signature(keyID: keyID, octets: try key.signature(of: Self.preAuthenticationEncoding(type, payload)))
    ]
  }

  /// Reads the JSON form. Members that are not known are left, as the specification asks.
  /// - Returns: nil when it is no envelope with a payload and at least one signature.
  public init?(parsing octets: [UInt8]) {
    struct Form: Decodable {
      struct Signature: Decodable {
        let keyid: String?
        let sig: String
      }
      let payload: String
      let payloadType: String
      let signatures: [Signature]
    }
    guard let form = try? JSONDecoder().decode(Form.self, from: Data(octets)), !form.signatures.isEmpty,
      let payload = Self.decode(form.payload)
    else { return nil }
    payloadType = form.payloadType
    self.payload = payload
    var signatures: [Signature] = []
    for signature in form.signatures {
      guard let octets = Self.decode(signature.sig) else { return nil }
      signatures.append(Signature(keyID: signature.keyid ?? "", octets: octets))
    }
    self.signatures = signatures
  }

  /// The JSON form, in one way of writing it: equal envelopes are equal octets.
  public var json: [UInt8] {
    func encoded(_ octets: [UInt8]) -> String { Data(octets).base64EncodedString() }
    let list = signatures.map { #"{"keyid":"\#($0.keyID)","sig":"\#(encoded($0.octets))"}"# }.joined(separator: ",")
    return Array(
      #"{"payload":"\#(encoded(payload))","payloadType":"\#(payloadType)","signatures":[\#(list)]}"#.utf8) + [0x0a]
  }

  /// Whether one of the signatures is by the key's owner.
  public func isSigned(by key: VerificationKey) -> Bool {
    let message = Self.preAuthenticationEncoding(payloadType, payload)
    return signatures.contains { key.isValid($0.octets, of: message) }
  }

  /// PAE of the DSSE specification: `DSSEv1`, then each part behind its length in decimal.
  static func preAuthenticationEncoding(_ type: String, _ payload: [UInt8]) -> [UInt8] {
    Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
  }

  /// Base64, standard or URL-safe: both must be read.
  private static func decode(_ text: String) -> [UInt8]? {
    let standard = text.replacing("-", with: "+").replacing("_", with: "/")
    let padded = standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    return Data(base64Encoded: padded).map(Array.init)
  }
}
