using System;
using System.IO;

namespace Apns.Client;

/// <summary>Reads the files that keys and certificates come in.</summary>
internal static class SecretFile
{
    /// <summary>Reads a whole file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="what">What it is called in the error.</param>
    /// <param name="kind">The kind of the error.</param>
    /// <returns>What it holds, for the caller to dispose.</returns>
    /// <exception cref="ApnsException">It cannot be read.</exception>
    public static SecretBuffer<byte> Read(string path, string what, ApnsErrorKind kind)
    {
        try
        {
            return new SecretBuffer<byte>(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // The system calls that "access denied". Whoever mounts a file that is not there into a container gets a folder.
            string why = Directory.Exists(path) ? "It is a folder. Give the path of a file." : e.Message;
            throw new ApnsException(kind, $"The {what} '{path}' cannot be read: {why}", e);
        }
    }
}
