using System;
using System.Collections.Generic;
using System.Linq;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Faults;

/// <summary>Whether the matrix is whole.</summary>
public class FaultCaseTests
{
    [Fact]
    public void Every_fault_of_the_emulator_has_a_place_of_its_own()
    {
        IEnumerable<EmulatorFaultKind> own = FaultCase.All.Where(fault => fault.Faults.Length <= 2).SelectMany(fault => fault.Draw(1)).Select(fault => fault.Kind);
        Assert.Equal(Enum.GetValues<EmulatorFaultKind>(), own.Distinct().Order());
    }
}
