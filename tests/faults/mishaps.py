"""What can happen to an answer. Each is done to one request; those that forward it have had it carried out."""
import os
import time

import between

XML = '<?xml version="1.0"?>\n'


def cut_in_the_middle(request):
    status, headers, body = request.forward()
    request.answer(status, body[:len(body) // 2], headers, size=len(body))
    request.close()


def cut_in_the_headers(request):
    request.forward()
    request.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
    request.close()


def huge(request):
    """100 MB of well-formed beginning."""
    status, headers, _ = request.forward()
    piece = b"<member><StackName>x</StackName></member>" * 25000
    beginning = f"{XML}<{request.action}Response><{request.action}Result><Stacks>".encode()
    request.answer(status, beginning, headers, size=100 << 20)
    for _ in range((100 << 20) // len(piece)):
        request.send(piece)
    request.close()


def endless_headers(request):
    request.forward()
    request.send(b"HTTP/1.1 200 OK\r\n")
    for number in range(20000):
        request.send(f"X-Header-{number}: {'x' * 60}\r\n".encode())
    request.close()


def dribble(request):
    """One byte a second."""
    status, headers, body = request.forward()
    request.answer(status, b"", headers, size=len(body))
    for at in range(min(len(body), between.PATIENCE)):
        request.send(body[at:at + 1])
        time.sleep(1)
    request.close()


def page(status, text):
    def fault(request):
        request.answer(status, text.encode(), [("Content-Type", "text/html")])
    fault.__name__ = f"page_{status}"
    return fault


bad_gateway = page(502, "<html><head><title>502 Bad Gateway</title></head><body><hr>nginx</body></html>")
unavailable = page(503, "<!DOCTYPE html><html><body><h1>Service Unavailable</h1><br>Guru Meditation</body></html>")
portal = page(200, "<!DOCTYPE html><html><body>Welcome to our hotel. Please accept our terms.</body></html>")


def empty_500(request):
    request.answer(500, b"", [])


def garbage(request):
    request.answer(200, os.urandom(5000))


def no_http(request):
    request.send(b"\x00\x01\x02 SSH-2.0-OpenSSH_9.2\r\n\r\n")
    request.close()


def entities(request):
    """Ten million laughs, had they been let out."""
    lines = ['<!ENTITY a0 "ha">'] + [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 8)]
    request.answer(200, f"{XML}<!DOCTYPE x [{''.join(lines)}]><{request.action}Response>&a7;"
                        f"</{request.action}Response>".encode())


def foreign_entity(request):
    request.answer(200, f'{XML}<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
                        f"<{request.action}Response><{request.action}Result><NextToken>&e;</NextToken>"
                        f"</{request.action}Result></{request.action}Response>".encode())


def deep(request):
    request.answer(200, f"{XML}<{request.action}Response>".encode() + b"<a>" * 200000)


def reset_before(request):
    request.reset()


def reset_after(request):
    request.forward()
    request.reset()


def closed_after(request):
    request.forward()
    request.close()


def twice(request):
    request.forward()
    request.pass_on()


def late(request):
    time.sleep(3)
    request.pass_on()


def carried_out_late(request):
    answer = request.forward()
    time.sleep(3)
    request.answer(answer[0], answer[2], answer[1])


def length_too_long(request):
    status, headers, body = request.forward()
    request.answer(status, body, headers, size=len(body) + 100)
    request.close()


def length_too_short(request):
    status, headers, body = request.forward()
    request.answer(status, body, headers, size=max(len(body) - 100, 1))
    request.close()


def length_no_number(request):
    status, headers, body = request.forward()
    request.answer(status, body, headers, size="many")
    request.close()


def keeps_no_connection(request):
    """The answer is right, and the connection that was to be kept is closed behind it."""
    request.pass_on()
    request.close()
