namespace Apns.Http2;

/// <summary>Which end of the connection a session is.</summary>
public enum Http2Role
{
    /// <summary>Opens streams and sends requests.</summary>
    Client,

    /// <summary>Answers them.</summary>
    Server,
}
