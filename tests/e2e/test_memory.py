"""Memory does not grow with the length of a video."""
import os
import subprocess
import unittest

import harness

# A video adds about 60 bytes of signals per frame and what the allocator rounds up; a frame that stays would add 345 600.
GROWTH_MIB = 12
# Ranges that two threads decode side by side: each worker's decoder, and up to 240 measured frames of 60 kB that wait for their turn.
RANGES_MIB = 2 * (240 * 0.06 + 10)


class LongVideo(harness.TestCase):
    def peak_rss_mib(self, name, threads):
        child = subprocess.Popen([str(harness.PROGRAM), 'run', name, '--out', f'out-{name}', '--threads', threads, '--force', '--quiet'], cwd=self.work,
                                 env=harness.environment(), stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(child.returncode, 0)
        return usage.ru_maxrss / 1024

    def test_twenty_times_the_length(self):
        self.take('short.mp4', size='640x360', half=1)
        harness.ffmpeg(['-stream_loop', '19', '-i', 'short.mp4', '-c', 'copy', 'long.mp4'], self.work)
        harness.ffmpeg(['-stream_loop', '3', '-i', 'long.mp4', '-c', 'copy', 'longest.mp4'], self.work)
        short, long = (self.peak_rss_mib(name, '1') for name in ('short.mp4', 'long.mp4'))
        print(f'peak RSS with one thread: {short:.0f} MiB with 50 frames, {long:.0f} MiB with 1000')
        self.assertLess(long, short + GROWTH_MIB)
        long, longest = (self.peak_rss_mib(name, '2') for name in ('long.mp4', 'longest.mp4'))
        print(f'in ranges with two: {long:.0f} MiB with 1000 frames, {longest:.0f} MiB with 4000')
        self.assertLess(longest, long + GROWTH_MIB)
        self.assertLess(longest, short + RANGES_MIB)


if __name__ == '__main__':
    unittest.main()
