using System;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Emulator.Tests;

/// <summary>What the tests of faults begin with: an emulator that has one, and a client that it trusts from the start.</summary>
public abstract class FaultTest : IDisposable
{
    private protected X509Certificate2 Certificate { get; } = ClientCertificate.Create();

    public void Dispose()
    {
        Certificate.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static ApnsEmulator Start(string fault) => ApnsEmulator.Start(new ApnsEmulatorOptions { Faults = [EmulatorFault.Parse(fault)] });

    private protected RawClient Greet(ApnsEmulator emulator, bool throughProxy = false) => RawClient.Greet(emulator, Certificate, throughProxy: throughProxy);
}
