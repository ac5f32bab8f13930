"""A relay that keeps what it is given: FOLDER/1, FOLDER/2, ...: envelope lines, an empty line, the mail. FOLDER/refuse: it refuses."""
import os, socketserver, sys

folder, port_file = sys.argv[1:3]
os.makedirs(folder, exist_ok=True)


class Relay(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b'\r\n')

    def handle(self):
        envelope = []
        self.say('220 sink')
        for line in self.rfile:
            word = line.strip().decode()
            if os.path.exists(folder + '/refuse'):
                return self.say('554 no')
            if word.startswith('EHLO'):
                self.say('250-sink\r\n250 8BITMIME')
            elif word.startswith(('MAIL FROM', 'RCPT TO')):
                envelope.append(word)
                self.say('250 ok')
            elif word == 'DATA':
                self.say('354 go on')
                mail = b''
                for line in self.rfile:
                    assert line.endswith(b'\r\n') and len(line) <= 1000, line
                    if line == b'.\r\n':
                        break
                    mail += line
                name = '%s/%d' % (folder, 1 + sum(n.isdigit() for n in os.listdir(folder)))
                with open(name + '.new', 'wb') as f:
                    f.write('\n'.join(envelope).encode() + b'\n\r\n' + mail)
                os.rename(name + '.new', name)
                self.say('250 kept')
            elif word == 'QUIT':
                return self.say('221 bye')
            else:
                self.say('500 what')


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


with Server(('127.0.0.1', 0), Relay) as server:
    with open(port_file + '.new', 'w') as f:
        f.write(str(server.server_address[1]))
    os.rename(port_file + '.new', port_file)
    server.serve_forever()
