using System;
using System.Collections.Concurrent;
using System.IO;

namespace Apns.Client.Tests;

/// <summary>A run with a journal and without a network: what it released is looked at here, and ended as the test says.</summary>
internal sealed class JournalRun : IDisposable
{
    public static readonly RequestTemplate Template = Samples.Template();

    private readonly ConcurrentQueue<ApnsRequest> _released = new();
    private readonly BatchJournal _journal;
    private readonly string _path;

    public JournalRun(string path, ApnsJournalOptions? options = null, RequestTemplate? template = null, ApnsEnvironment? environment = null)
    {
        _path = path;
        options = (options ?? new ApnsJournalOptions { Path = path }) with { Path = path };
        _journal = BatchJournal.Open(options, template ?? Template, environment, Release);
    }

    public ApnsDelivery Delivery { get; init; }

    /// <summary>How many inputs were released before their begin was on file.</summary>
    public int ReleasedEarly { get; private set; }

    public long Skipped => _journal.Skipped;

    public long Cut => _journal.Cut;

    /// <summary>Adds an input as a batch does.</summary>
    public (ApnsRequest Request, JournalVerdict Verdict) Add(string token, RequestTemplate? template = null)
    {
        var request = new ApnsRequest { Token = token, Template = template ?? Template, ApnsId = Guid.NewGuid(), Delivery = Delivery };
        JournalVerdict verdict = _journal.Recall(request);
        if (verdict == JournalVerdict.Send) _journal.Begin(request);
        if (verdict == JournalVerdict.LeaveUnknown) request.Outcome = ApnsOutcome.Unknown;
        return (request, verdict);
    }

    /// <summary>Ends an input as the engine would.</summary>
    public ApnsResult End(ApnsRequest request, ApnsOutcome outcome, int status = 0, string? reason = null)
    {
        request.Outcome = outcome;
        request.Status = status;
        request.Reason = reason;
        if (outcome != ApnsOutcome.NotSent) request.Attempts++;
        if (outcome != ApnsOutcome.NotSent) request.PossibleDuplicate |= request.InDoubt;
        return End(request);
    }

    /// <summary>Ends an input as it is.</summary>
    public ApnsResult End(ApnsRequest request)
    {
        ApnsResult result = ResultBuilder.Build(request);
        _journal.End(request, result);
        return result;
    }

    /// <summary>Adds an input and ends it.</summary>
    public ApnsResult Finish(string token, ApnsOutcome outcome, int status = 0, string? reason = null) => End(Add(token).Request, outcome, status, reason);

    /// <summary>Has all on file, and gives back what was released by that.</summary>
    public ApnsRequest[] Flush()
    {
        if (_journal.Flush() is { } failure) throw failure;
        ApnsRequest[] released = [.. _released];
        _released.Clear();
        return released;
    }

    private void Release(ApnsRequest request)
    {
        if (new FileInfo(_path).Length < request.JournalOffset + request.Token.Length / 2) ReleasedEarly++;
        _released.Enqueue(request);
    }

    public void Dispose() => _journal.Dispose();

    /// <summary>A path in a folder that is deleted with the object.</summary>
    internal sealed class Folder : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("apns-journal-").FullName;

        public string Journal => Path.Combine(_folder, "run.journal");

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
