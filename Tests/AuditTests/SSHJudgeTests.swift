import Profiles
import Records
import Testing

@testable import Audit

/// The checks ssh.* of one service, from captures that are written here.
struct SSHJudgeTests {
  private let judge: SSHJudge

  init() throws { judge = SSHJudge(try SSHRules(VirtualAudit.profiles)) }

  /// What an up-to-date OpenSSH of one's own building shows.
  private static func capture(_ change: (inout SSHCapture) -> Void = { _ in }) -> SSHCapture {
    var capture = SSHCapture(identification: "SSH-2.0-OpenSSH_10.0")
    var lists = SSHCapture.Algorithms()
    lists.keyExchange = ["curve25519-sha256", "diffie-hellman-group14-sha256", "kex-strict-s-v00@openssh.com"]
    lists.hostKey = ["ssh-ed25519", "rsa-sha2-512"]
    lists.encryptionClientToServer = ["aes256-ctr", "chacha20-poly1305@openssh.com"]
    lists.encryptionServerToClient = lists.encryptionClientToServer
    lists.macClientToServer = ["hmac-sha2-256"]
    lists.macServerToClient = ["hmac-sha2-256"]
    capture.algorithms = lists
    capture.hostKeys = [.init(type: "ssh-ed25519", bits: 256, fingerprint: String(repeating: "A", count: 43))]
    change(&capture)
    return capture
  }

  private func verdicts(_ change: (inout SSHCapture) -> Void = { _ in }) -> [String: ProbeVerdict] {
    let verdicts = judge.verdicts(on: .ssh(Self.capture(change)))
    return Dictionary(uniqueKeysWithValues: verdicts.map { ($0.question, $0) })
  }

  private func proven(_ change: (inout SSHCapture) -> Void) -> Set<String> {
    Set(verdicts(change).values.filter { $0.result == .proven }.map(\.question))
  }

  private func reason(_ question: String, _ change: (inout SSHCapture) -> Void) -> String? {
    guard case .inconclusive(let reason) = verdicts(change)[question]?.result else { return nil }
    return reason
  }

  @Test func `a sound service has every question refuted, in both languages`() {
    let verdicts = verdicts()
    #expect(verdicts.count == 7)
    for verdict in verdicts.values {
      #expect(verdict.result == .refuted, "\(verdict)")
      #expect(!verdict.basis.ja.isEmpty && verdict.basis.ja != verdict.basis.en)
      #expect(WordingRules.problems(in: verdict.basis).isEmpty, "\(verdict.basis)")
    }
    #expect(judge.verdicts(on: .serviceUnidentified(octets: 0, ended: "silence")).isEmpty)
  }

  @Test func `a session that opens for nobody needs no login, and methods alone are no finding`() {
    #expect(proven { $0.opensWithoutAuthentication = true } == ["cred.none"])
    #expect(
      proven {
        $0.opensWithoutAuthentication = false
        $0.authenticationMethods = ["password"]
      } == [])
  }

  // MARK: One weakness each

  @Test func `each weakness alone is one finding`() {
    #expect(proven { $0.algorithms.keyExchange.append("diffie-hellman-group1-sha1") } == ["ssh.weak-kex"])
    #expect(proven { $0.algorithms.encryptionServerToClient.append("3des-cbc") } == ["ssh.weak-cipher"])
    #expect(proven { $0.algorithms.macClientToServer.append("hmac-md5") } == ["ssh.weak-mac"])
    #expect(proven { $0.algorithms.hostKey.append("ssh-dss") } == ["ssh.weak-hostkey"])
    #expect(
      proven { $0.hostKeys.append(.init(type: "ssh-rsa", bits: 1024, fingerprint: "x")) } == ["ssh.weak-hostkey"])
    #expect(proven { $0.hostKeys.append(.init(type: "ssh-rsa", bits: 2048, fingerprint: "x")) }.isEmpty)
    // With no other host key algorithm there is nothing but a weak one to choose.
    #expect(proven { $0.algorithms.hostKey = ["ssh-rsa"] } == ["ssh.weak-hostkey", "ssh.weak-only"])
    #expect(proven { $0.algorithms.hostKey.append("ssh-rsa") }.isEmpty)
    #expect(
      proven {
        $0.algorithms.keyExchange.append("diffie-hellman-group-exchange-sha256")
        $0.smallestGroup = .init(asked: 1024, bits: 1024)
      } == ["ssh.weak-kex"])
    #expect(proven { $0.identification = "SSH-2.0-dropbear_2015.67" } == ["ssh.vulnerable-version"])
  }

  /// JSSEC-14.2.c asks a person about SSH of which all is weak; a weak offer beside others is a finding alone.
  @Test func `a list of nothing but weak names is told apart`() throws {
    let change: (inout SSHCapture) -> Void = {
      $0.algorithms.macClientToServer = ["hmac-md5"]
      $0.algorithms.macServerToClient = ["hmac-md5"]
    }
    #expect(proven(change) == ["ssh.weak-mac", "ssh.weak-only"])
    let verdict = try #require(verdicts(change)["ssh.weak-only"])
    #expect(verdict.basis.en.contains("MACs (hmac-md5)") && verdict.basis.ja.contains("MAC方式(hmac-md5)"))
    // One direction that can do better is a choice; a name that nobody rated may be anything.
    #expect(proven { $0.algorithms.macClientToServer = ["hmac-md5"] } == ["ssh.weak-mac"])
    #expect(
      proven {
        $0.algorithms.macClientToServer = ["hmac-md5", "new-mac@example.org"]
        $0.algorithms.macServerToClient = ["hmac-md5"]
      } == ["ssh.weak-mac"])
  }

  @Test func `the basis names what was seen and who says what of it`() throws {
    let verdict = try #require(
      verdicts { $0.algorithms.keyExchange += ["diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1"] }[
        "ssh.weak-kex"])
    #expect(
      verdict.basis.en.contains(
        "diffie-hellman-group1-sha1 (a group of 1024 bits that everybody shares; RFC 9142 §3.3, §4; RFC 9142: SHOULD NOT)"
      ))
    #expect(verdict.basis.en.contains("On their way out: diffie-hellman-group14-sha1."))
    #expect(verdict.basis.ja.contains("diffie-hellman-group1-sha1(共通の1024ビットの群;"))
    #expect(!verdict.basis.en.contains("curve25519"))
  }

  @Test func `any number of names gives a short basis`() throws {
    let verdict = try #require(
      verdicts { capture in
        for number in 0..<128 {
          capture.algorithms.keyExchange.append("gss-gex-sha1-\(number)" + String(repeating: "x", count: 40))
          capture.algorithms.keyExchange.append("other-\(number)" + String(repeating: "x", count: 40))
        }
      }["ssh.weak-kex"])
    #expect(verdict.result == .proven && verdict.basis.en.utf8.count < 4096)
    #expect(verdict.basis.en.contains("and 116 more"))
  }

  // MARK: What cannot be said

  @Test func `what is not known is no refutation`() {
    #expect(
      reason("ssh.weak-kex") { $0.algorithms.keyExchange.append("new-method@example.org") } == "unknown-algorithm")
    #expect(
      reason("ssh.weak-kex") { $0.algorithms.keyExchange.append("diffie-hellman-group-exchange-sha256") }
        == "group-size-unknown")
    #expect(
      reason("ssh.weak-mac") {
        $0.algorithms.macClientToServer = []
        $0.algorithms.macServerToClient = []
      } == "empty-list")
    #expect(reason("ssh.weak-hostkey") { $0.missingHostKeys = ["ssh-rsa": "connection-limit"] } == "host-key-missing")
    #expect(
      reason("ssh.known-key") { $0.missingHostKeys = ["ssh-rsa": "control-failed (reset)"] } == "host-key-missing")
    #expect(reason("ssh.known-key") { $0.missingHostKeys = ["ssh-rsa": "declined (closed)"] } == nil)
    #expect(reason("ssh.known-key") { $0.hostKeys = [] } == "no-host-key")
    #expect(reason("ssh.vulnerable-version") { $0.identification = "SSH-2.0-ROSSSH" } == "unknown-software")
    #expect(reason("ssh.vulnerable-version") { $0.identification = "SSH-2.0-dropbear_" } == "no-version")
    #expect(
      reason("ssh.vulnerable-version") { $0.identification = "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7" }
        == "distribution-patches")
  }

  @Test func `without lists nothing is said of algorithms`() {
    let verdicts = verdicts {
      $0.identification = "SSH-1.5-1.2.27"
      $0.algorithms = .init()
      $0.hostKeys = [.init(type: "rsa1", bits: 1024, fingerprint: "x")]
    }
    #expect(verdicts["ssh.v1"]?.result == .proven)
    for question in ["ssh.weak-kex", "ssh.weak-cipher", "ssh.weak-mac", "ssh.weak-hostkey"] {
      #expect(verdicts[question]?.result == .inconclusive(reason: "version-1-only"))
    }
  }

  // MARK: Version 1, known keys, Terrapin

  @Test func `an announcement of version 1 is proven by its key alone`() {
    #expect(reason("ssh.v1") { $0.identification = "SSH-1.99-x" } == "announced-only")
    #expect(
      proven {
        $0.identification = "SSH-1.99-x"
        $0.hostKeys.append(.init(type: "rsa1", bits: 768, fingerprint: "x"))
      } == ["ssh.v1"])
  }

  @Test func `a key of another type or device is none of the known ones`() throws {
    let known = try #require(judge.rules.knownKeys.values.first { $0.type == "ssh-ed25519" })
    let verdict = try #require(
      verdicts { $0.hostKeys = [.init(type: "ssh-ed25519", bits: 256, fingerprint: known.fingerprint)] }[
        "ssh.known-key"])
    #expect(verdict.result == .proven && verdict.basis.ja.contains(known.device))
    #expect(
      verdicts {
        $0.hostKeys = [.init(type: "ssh-ed25519", bits: 256, fingerprint: String(known.fingerprint.reversed()))]
      }[
        "ssh.known-key"]?.result == .refuted)
  }

  /// https://terrapin-attack.com: ChaCha20-Poly1305, or CBC with encrypt-then-MAC, unless both sides keep strictly to the order.
  @Test func `Terrapin is a flaw of the software, shown by its lists`() {
    let strict = "kex-strict-s-v00@openssh.com"
    #expect(proven { $0.algorithms.keyExchange.removeAll { $0 == strict } } == ["ssh.vulnerable-version"])
    #expect(
      proven {
        $0.algorithms.keyExchange.removeAll { $0 == strict }
        $0.algorithms.encryptionClientToServer = ["aes256-ctr", "aes128-cbc"]
        $0.algorithms.encryptionServerToClient = ["aes256-ctr"]
        $0.algorithms.macServerToClient.append("hmac-sha2-256-etm@openssh.com")
      } == ["ssh.vulnerable-version"])
    for macs in [["hmac-sha2-256"], ["hmac-sha2-256-etm@openssh.com"]] {
      let cipher = macs == ["hmac-sha2-256"] ? "aes128-cbc" : "aes128-ctr"
      #expect(
        proven {
          $0.algorithms.keyExchange.removeAll { $0 == strict }
          $0.algorithms.encryptionClientToServer = [cipher]
          $0.algorithms.encryptionServerToClient = [cipher]
          $0.algorithms.macClientToServer = macs
          $0.algorithms.macServerToClient = macs
        }.isEmpty)
    }
  }

  @Test func `a flaw of the number and Terrapin are told together`() throws {
    let verdict = try #require(
      verdicts {
        $0.identification = "SSH-2.0-libssh_0.8.1"
        $0.algorithms.keyExchange.removeLast()
      }["ssh.vulnerable-version"])
    for name in ["CVE-2018-10933", "CVE-2023-48795"] { #expect(verdict.basis.en.contains(name)) }
  }
}
