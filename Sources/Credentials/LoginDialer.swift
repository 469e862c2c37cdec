public import Addressing
public import Authority
public import Probes
public import Records

/// The seam to a connection that names and passwords are entered on. Implementations ask the gate and compare the permit
/// with the connection.
public protocol LoginDialer: SessionDialer {
  /// Enters what holds no password: the account name of a permit.
  func enter(_ session: Int, _ octets: [UInt8], under permit: borrowing LoginPermit) -> SendOutcome
  /// Enters a password; the permit is spent, whatever comes of it.
  func enter(_ session: Int, _ octets: [UInt8], spending permit: consuming LoginPermit) -> SendOutcome
}

/// The seam to datagrams that hold a password, such as SNMP's community.
public protocol LoginExchanger: DatagramExchanger {
  func enter(_ session: Int, _ octets: [UInt8], spending permit: consuming LoginPermit) -> SendOutcome
}

/// The seam to HTTP with a password.
public protocol LoginClient: HTTPClient {
  /// A request that holds one; the permit is spent.
  func begin(
    _ request: HTTPRequest, to address: IPAddress, zone: Int32?, mac: MACAddress?, from source: IPAddress?,
    spending permit: consuming LoginPermit
  ) -> SessionOpening
  /// A request that a login needs beside it, such as with the cookie of its session; it holds no password.
  func begin(
    _ request: HTTPRequest, to address: IPAddress, zone: Int32?, mac: MACAddress?, from source: IPAddress?,
    within technique: Technique
  ) -> SessionOpening
}
