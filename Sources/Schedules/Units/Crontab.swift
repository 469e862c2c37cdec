/// Where there is no systemd, cron wakes the program every quarter of an hour, and the program decides.
public enum Crontab {
  /// For /etc/cron.d.
  /// - Parameter user: who runs it.
  public static func text(program: String, schedules: String, user: String) -> String {
    // cron(8) turns % into line breaks, and gives the rest to a shell.
    func word(_ text: String) -> String {
      "'\(text.replacing("'", with: "'\\''"))'".replacing("%", with: "\\%")
    }
    return """
      \(SystemdUnits.mark)
      PATH=/usr/sbin:/usr/bin:/sbin:/bin
      */15 * * * * \(user) \(word(program)) schedule run --due --quiet --schedules \(word(schedules))

      """
  }
}
