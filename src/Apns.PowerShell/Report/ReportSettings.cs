using System.Collections.Generic;
using System.IO;
using Apns.Client;

namespace Apns.PowerShell.Report;

/// <summary>What a report tells of how was sent: never a secret, a token or what was sent.</summary>
internal static class ReportSettings
{
    public static IEnumerable<(string Name, string Value)> Of(ApnsSession session)
    {
        yield return ("Session", session.Name);
        yield return ("Environment", session.Environment);
        yield return ("Endpoint", session.Endpoint);
        if (session.Topic is { } topic) yield return ("Topic", topic);
        yield return ("Connections", session.MinConnections == session.MaxConnections ? $"{session.MinConnections}" : $"{session.MinConnections} to {session.MaxConnections}");
        yield return ("Delivery", session.Delivery == ApnsDelivery.AtMostOnce ? "at most once" : "at least once");
        yield return ("Timeout", ReportText.Duration(session.Timeout));
    }

    public static IEnumerable<(string Name, string Value)> Of(ApnsJournalSummary journal)
    {
        yield return ("Journal", Path.GetFileName(journal.Path));
        yield return ("Runs", ReportText.Number(journal.Runs));
        yield return ("Begun, and no result", ReportText.Number(journal.Unfinished));
        if (journal.Started is { } started) yield return ("First written", ReportText.Date(started));
        if (journal.Ended is { } ended) yield return ("Last written", ReportText.Date(ended));
    }
}
