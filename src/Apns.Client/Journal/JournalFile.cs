using System;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace Apns.Client;

/// <summary>A journal's file: held open so that no second run can have it, and checked to be a journal.</summary>
internal sealed class JournalFile : IDisposable
{
    // What the systems say when another process has the file: EWOULDBLOCK of Linux and macOS, ERROR_SHARING_VIOLATION.
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _stream;
    private readonly byte[] _record = new byte[JournalFormat.MaxRecordLength];
    private readonly byte[] _header = new byte[JournalFormat.HeaderLength];

    private JournalFile(string path, FileStream stream)
    {
        Path = path;
        _stream = stream;
        Handle = stream.SafeFileHandle;
    }

    public string Path { get; }

    /// <summary>Kept, since the stream would seek each time it is asked for it.</summary>
    public SafeFileHandle Handle { get; }

    public long Length => RandomAccess.GetLength(Handle);

    /// <summary>The short fingerprint that records without one have.</summary>
    public ulong Notification => JournalFormat.NotificationOf(_header);

    /// <summary>The fingerprint of what is sent.</summary>
    public ReadOnlySpan<byte> Fingerprint => JournalFormat.FingerprintOf(_header);

    /// <summary>Opens a journal to read it.</summary>
    /// <exception cref="ApnsException">It cannot be read, is no journal, or is in use.</exception>
    public static JournalFile OpenToRead(string path) => Open(path, FileMode.Open, FileAccess.Read, static file =>
    {
        if (file.ReadHeader() < JournalFormat.HeaderLength) throw file.NoJournal();
    });

    /// <summary>Opens a journal to go on, or begins one where there is no file or an empty one.</summary>
    /// <exception cref="ApnsException">It cannot be used, is no journal, is of another notification, or is in use.</exception>
    public static JournalFile OpenToWrite(string path, byte[] fingerprint, ulong notification) => Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, file =>
    {
        // A header cut short is one that a run was killed over; no block can follow it.
        if (file.ReadHeader() < JournalFormat.HeaderLength) file.Begin(fingerprint, notification);
        else if (!file.Fingerprint.SequenceEqual(fingerprint)) throw file.OfAnother();
    });

    public static ApnsException CannotUse(string path, Exception cause) => new(ApnsErrorKind.JournalFailed, $"The journal '{path}' cannot be used: {cause.Message}", cause);

    /// <summary>Reads what is at an offset, as <see cref="RandomAccess"/> does.</summary>
    /// <returns>How many bytes; 0 at the end.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.JournalFailed"/>: it cannot be read, as when a share is gone or a disk is bad.</exception>
    public int Read(Span<byte> bytes, long offset)
    {
        try
        {
            return RandomAccess.Read(Handle, bytes, offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotUse(Path, e);
        }
    }

    /// <summary>Reads the begin of an input at an offset; its token is valid until the next record is read.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.JournalFailed"/>: it cannot be read.</exception>
    public BeginRecord ReadBegin(long offset)
    {
        ReadOnlySpan<byte> bytes = ReadRecord(offset);
        return BeginRecord.Read(ref bytes);
    }

    /// <summary>Reads the end of an input at an offset.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.JournalFailed"/>: it cannot be read.</exception>
    public EndRecord ReadEnd(long offset)
    {
        ReadOnlySpan<byte> bytes = ReadRecord(offset);
        return EndRecord.Read(ref bytes);
    }

    /// <summary>Drops all beyond a length; gives back how many bytes that were.</summary>
    public long Cut(long length)
    {
        long cut = _stream.Length - length;
        if (cut > 0) _stream.SetLength(length);
        return cut;
    }

    public void Dispose() => _stream.Dispose();

    private static JournalFile Open(string path, FileMode mode, FileAccess access, Action<JournalFile> check)
    {
        JournalFile? file = null;
        try
        {
            var options = new FileStreamOptions { Mode = mode, Access = access, Share = access == FileAccess.Read ? FileShare.Read : FileShare.None, BufferSize = 0 };

            // Device tokens are nobody else's business.
            if (mode == FileMode.OpenOrCreate && !OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            file = new JournalFile(path, new FileStream(path, options));
            check(file);
            return file;
        }
        catch (Exception e)
        {
            file?.Dispose();
            throw e switch
            {
                IOException { HResult: LinuxWouldBlock or MacWouldBlock or SharingViolation } =>
                    new ApnsException(ApnsErrorKind.JournalInUse, $"The journal '{path}' is in use by another run or program. Wait for its end, or give another journal.", e),
                IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException => CannotUse(path, e),
                _ => e,
            };
        }
    }

    /// <summary>Reads and checks the header, or what there is of it; gives back how many bytes that are.</summary>
    private int ReadHeader()
    {
        int length = 0;
        int read;
        do
        {
            read = RandomAccess.Read(Handle, _header.AsSpan(length), length);
            length += read;
        }
        while (read > 0 && length < _header.Length);
        ReadOnlySpan<byte> magic = _header.AsSpan(0, Math.Min(length, JournalFormat.Magic.Length));
        if (!JournalFormat.Magic.StartsWith(magic)) throw NoJournal();
        if (length < _header.Length) return length;
        if (!JournalFormat.IsWholeHeader(_header)) throw new ApnsException(ApnsErrorKind.JournalDamaged, $"The journal '{Path}' is damaged in its first {JournalFormat.HeaderLength} bytes. Take it from a backup, or begin a new journal, which sends everything again.");
        int version = JournalFormat.VersionOf(_header);
        return version == JournalFormat.Version
            ? length
            : throw new ApnsException(ApnsErrorKind.JournalFailed, $"The journal '{Path}' has format {version}; this version of the module knows format {JournalFormat.Version}. Go on with the version that began it.");
    }

    private void Begin(byte[] fingerprint, ulong notification)
    {
        JournalFormat.WriteHeader(_header, fingerprint, notification);
        _stream.SetLength(0);
        RandomAccess.Write(Handle, _header, 0);
    }

    private ReadOnlySpan<byte> ReadRecord(long offset) => _record.AsSpan(0, Read(_record, offset));

    private ApnsException NoJournal() => new(ApnsErrorKind.JournalFailed, $"The file '{Path}' is no journal; it was left as it is. Give the path of another file, or of none.");

    private ApnsException OfAnother() => new(ApnsErrorKind.JournalMismatch, $"The journal '{Path}' is of another notification, topic or environment: to go on with it, send what its runs sent (Get-ApnsJournal tells). For something new, give a new journal.");
}
