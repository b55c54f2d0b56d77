using System.Linq;
using System.Text;
using Xunit;

namespace Apns.Client.Tests.Credentials;

public class SecretBufferTests
{
    [Fact]
    public void What_held_a_secret_is_zero_afterwards()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(Samples.SigningKey.ExportPkcs8PrivateKeyPem());
        char[] text = new char[4];
        using (var secret = new SecretBuffer<byte>(bytes)) Assert.Contains(secret.Span.ToArray(), value => value != 0);
        using (var secret = new SecretBuffer<char>(text)) "open".CopyTo(secret.Span);
        Assert.All(bytes, value => Assert.Equal(0, value));
        Assert.True(text.All(c => c == '\0'));
    }
}
