using System;
using System.Text;
using Apns.Emulator;

namespace Apns.Fuzz;

/// <summary>Faults of the emulator as text, one a line: a fault whose text reads as the same, or the error that says what is wrong.</summary>
internal sealed class FaultTextsTarget : FuzzTarget
{
    public override string Name => "fault-texts";

    public override void Run(ReadOnlySpan<byte> input)
    {
        foreach (string line in Encoding.UTF8.GetString(input).Split('\n'))
        {
            try
            {
                EmulatorFault fault = EmulatorFault.Parse(line);
                Promise(line.Trim().StartsWith($"{fault.Kind}", StringComparison.OrdinalIgnoreCase), "a fault is of the kind that is named");
                Promise(EmulatorFault.Parse(fault.ToString()) == fault, "a fault's text reads as the fault");
                _ = new FaultPlan([fault]);
            }
            catch (Exception e) when (e is FormatException or ArgumentException)
            {
                Promise(e.Message.Length > 0, "an error says what is wrong");
            }
        }
    }
}
