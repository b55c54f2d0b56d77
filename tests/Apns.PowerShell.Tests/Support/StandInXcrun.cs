using System;
using System.IO;
using System.Linq;

namespace Apns.PowerShell.Tests;

/// <summary>
/// An <c>xcrun</c> in the first folder of the PATH that writes down what it is asked. Two devices are booted, phone and
/// pad; a push to the app com.example.bad fails, one to com.example.wordy fails with a long text on its standard output,
/// one to com.example.slow never ends, and one to com.example.orphan leaves a process behind that holds the output open.
/// </summary>
internal sealed class StandInXcrun : IDisposable
{
    private const string Script = """
        #!/bin/sh
        here=$(dirname "$0")
        case "$2" in
        list) echo '{"devices":{"iOS-26":[{"udid":"11111111-AAAA","name":"phone","state":"Booted"},{"udid":"22222222-BBBB","name":"pad","state":"Booted"},{"udid":"33333333-CCCC","name":"old","state":"Shutdown"}]}}' ;;
        push)
          [ "$4" = com.example.slow ] && exec sleep 600
          [ "$4" = com.example.orphan ] && { while [ -d "$here" ]; do sleep 0.1; done & }
          [ "$4" = com.example.bad ] && { cat > /dev/null; echo 'An error was encountered: the app is not installed.' >&2; exit 4; }
          [ "$4" = com.example.wordy ] && { cat > /dev/null; seq 99 | sed 's/.*/No such app./'; exit 4; }
          f=$(mktemp "$here/push.XXXXXX"); echo "$1 $2 $3 $4 $5" > "$f.part"; cat >> "$f.part"; mv "$f.part" "$f" ;;
        esac
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("apns-xcrun").FullName;
    private readonly string? _path = Environment.GetEnvironmentVariable("PATH");

    public StandInXcrun()
    {
        string file = Path.Combine(_folder, "xcrun");
        File.WriteAllText(file, Script.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("PATH", $"{_folder}:{_path}");
    }

    /// <summary>What was pushed: the arguments in the first line, the payload in the second.</summary>
    public string[] Pushes => [.. Directory.GetFiles(_folder, "push.*").Select(File.ReadAllText).Order()];

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        Directory.Delete(_folder, recursive: true);
    }
}
