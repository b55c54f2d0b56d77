using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Threading;

namespace Apns.Emulator;

/// <summary>A fault that strikes now, with the chance that its details are drawn from.</summary>
internal sealed record FaultStrike(EmulatorFault Fault, Answer? Answer, Random Random);

/// <summary>When the faults of an emulator strike. Thread-safe.</summary>
internal sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly Trigger[] _all;
    private readonly Trigger[] _connections;
    private readonly Trigger[] _requests;
    private readonly Trigger[] _tunnels;

    /// <exception cref="ArgumentException">A fault cannot be.</exception>
    public FaultPlan(IEnumerable<EmulatorFault> faults)
    {
        _all = [.. faults.Select(static fault => new Trigger(fault))];
        _connections = Array.FindAll(_all, static trigger => trigger.Fault.StrikesConnections);
        _tunnels = Array.FindAll(_all, static trigger => trigger.Fault.StrikesTunnels);
        _requests = [.. _all.Except(_connections).Except(_tunnels)];
    }

    /// <summary>Counts a connection; gives what strikes it, or null.</summary>
    public FaultStrike? NextConnection() => Next(_connections);

    /// <summary>Counts a request; gives what strikes it, or null.</summary>
    public FaultStrike? NextRequest() => Next(_requests);

    /// <summary>Counts a tunnel; gives what strikes it, or null.</summary>
    public FaultStrike? NextTunnel() => Next(_tunnels);

    /// <summary>How often the faults of a kind have struck.</summary>
    public long CountStrikes(EmulatorFaultKind kind)
    {
        lock (_gate) return _all.Where(trigger => trigger.Fault.Kind == kind).Sum(static trigger => trigger.Strikes);
    }

    private FaultStrike? Next(Trigger[] triggers)
    {
        if (triggers.Length == 0) return null;
        long now = Environment.TickCount64;
        lock (_gate)
        {
            foreach (Trigger trigger in triggers) trigger.Count();
            return triggers.FirstOrDefault(trigger => trigger.TryStrike(now))?.Strike();
        }
    }

    /// <summary>One fault's counter.</summary>
    private sealed class Trigger
    {
        private readonly Random _random;
        private readonly Answer? _answer;
        private long _count;
        private long _due;
        private long _lastsUntil = long.MinValue;

        public Trigger(EmulatorFault fault)
        {
            fault.Check();
            Fault = fault;
            _random = RandomOf(fault.Seed);
            if (fault.Kind is EmulatorFaultKind.Refuse or EmulatorFaultKind.Throttle) _answer = Reasons.Parse(fault.Reason ?? "TooManyRequests");
        }

        public EmulatorFault Fault { get; }

        public long Strikes { get; private set; }

        public void Count()
        {
            _count++;
            if (IsDue(_count - Fault.After)) _due++;
        }

        public bool TryStrike(long now)
        {
            if (now < _lastsUntil)
            {
                // What falls due while it lasts would have it begin again and again.
                _due = 0;
                return true;
            }

            if (_due == 0) return false;
            _due--;
            if (Fault is { Kind: EmulatorFaultKind.Refuse or EmulatorFaultKind.RefuseTunnel, Duration: { } duration }) _lastsUntil = now + (long)duration.TotalMilliseconds;
            return true;
        }

        public FaultStrike Strike()
        {
            Strikes++;
            return new FaultStrike(Fault, _answer, RandomOf(_random.Next()));
        }

        /// <summary>The first numbers of a generator are much alike for seeds that follow each other, unless these are scattered.</summary>
        private static Random RandomOf(int seed) => new((int)BitOperations.Crc32C(0, (uint)seed));

        private bool IsDue(long number)
        {
            if (number <= 0) return false;
            if (Fault.Every is null && Fault.Probability is null) return number == 1;
            return number % (Fault.Every ?? 1) == 0 && (Fault.Probability is not { } probability || _random.NextDouble() < probability);
        }
    }
}
