using System;
using System.IO;

namespace Apns.LoadTest.Bench;

/// <summary>A payload of a given size in a file, for the time of a measurement.</summary>
internal sealed class PayloadFile : IDisposable
{
    private const string Before = """{"aps":{"alert":" """;
    private const string After = "\"}}";

    /// <param name="size">Bytes, from 30.</param>
    public PayloadFile(int size) => File.WriteAllText(Path, Before + new string('x', size - Before.Length - After.Length) + After);

    public string Path { get; } = System.IO.Path.GetTempFileName();

    public void Dispose() => File.Delete(Path);
}
