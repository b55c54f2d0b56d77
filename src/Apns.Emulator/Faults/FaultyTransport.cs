using System;
using System.IO;

namespace Apns.Emulator;

/// <summary>The bytes below TLS: spoils the handshake as it is told to.</summary>
/// <param name="inner">The network, which it owns.</param>
/// <param name="strike">What to do.</param>
internal sealed class FaultyTransport(Stream inner, FaultStrike strike) : Stream
{
    private const int RecordHeader = 5;

    private bool _answered;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>
    /// For an alert it spoils the record with which the client's last part of the handshake begins: TLS finds that out and
    /// says so, which with TLS 1.3 is after the client took the handshake for finished.
    /// </summary>
    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        if (count > 0 && _answered && strike.Fault.Kind == EmulatorFaultKind.TlsAlert) buffer[Math.Min(RecordHeader, count - 1)] ^= 1;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (strike.Fault.Kind == EmulatorFaultKind.CutHandshake)
        {
            // The server's whole part of the handshake is one write.
            inner.Write(buffer[..strike.Random.Next(buffer.Length)]);
            throw new IOException("The connection was cut, as was asked for.");
        }

        _answered = true;
        inner.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
