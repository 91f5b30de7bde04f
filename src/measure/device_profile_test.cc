#include "measure/device_profile.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"

namespace reelbatch::measure {
namespace {

std::string IdOf(std::string cpu, double cores, std::string isa, int64_t ram_mb) {
  contracts::DeviceProfile profile;
  profile.cpu_model = std::move(cpu);
  profile.cores_allowed = cores;
  profile.isa = std::move(isa);
  profile.ram_mb = ram_mb;
  return ProfileId(profile);
}

TEST(DeviceProfile, HasAShortId) {
  EXPECT_EQ(IdOf("Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", 2, "avx3", 15'052),
            "xeon-8481c-2c-avx3-15g");
  EXPECT_EQ(IdOf("AMD EPYC", 2, "avx3", 24'105), "epyc-2c-avx3-24g");
  EXPECT_EQ(IdOf("AMD Ryzen 9 7950X 16-Core Processor", 32, "avx3", 65'536),
            "ryzen-9-7950x-32c-avx3-64g");
  EXPECT_EQ(IdOf("Intel(R) Core(TM) i7-9700K CPU @ 3.60GHz", 1.5, "avx2", 16'000),
            "core-i7-9700k-1.5c-avx2-16g");
  EXPECT_EQ(IdOf("", 4, "neon", 1024), "unknown-4c-neon-1g");
}

TEST(DeviceProfile, OfNothingKnownIsUnknown) { EXPECT_EQ(ProfileId({}), "unknown"); }

TEST(DeviceProfile, SaysWhatTheProcessMayUse) {
  Machine machine;
  machine.cores_online = 8;
  machine.cores_allowed = 2;
  machine.cpu_quota = 1.5;
  machine.memory_total = int64_t{16} << 30;
  machine.memory_limit = int64_t{2} << 30;
  machine.cpu_model = "AMD EPYC";
  const Gpu gpu{
      .name = "NVIDIA H100 80GB HBM3", .vram_mb = 81'559, .driver = "550.54", .cuda = "12.4"};
  const auto profile =
      MakeDeviceProfile(machine, {.governor = "performance", .os = "Some OS"}, "avx3", gpu);
  EXPECT_EQ(profile.id, "epyc-1.5c-avx3-2g-h100-80gb-hbm3");
  EXPECT_EQ(profile.cores, 8);
  EXPECT_DOUBLE_EQ(profile.cores_allowed, 1.5);
  EXPECT_EQ(profile.ram_mb, 16'384);
  EXPECT_EQ(profile.memory_limit_mb, 2048);
  EXPECT_EQ(profile.governor, "performance");
  EXPECT_EQ(profile.vram_mb, 81'559);
  EXPECT_EQ(profile.cuda, "12.4");
}

TEST(DeviceProfile, ReadsTheWordsOfTheSystem) {
  const base::testing::TempFolder root;
  EXPECT_EQ(ReadSystemWords(root.path()).governor, "");
  EXPECT_EQ(ReadSystemWords(root.path()).os, "");
  root.Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  root.Write("proc/sys/kernel/osrelease", "6.1.0-13\n");
  EXPECT_EQ(ReadSystemWords(root.path()).os, "Linux 6.1.0-13");
  root.Write("etc/os-release", "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  const SystemWords words = ReadSystemWords(root.path());
  EXPECT_EQ(words.governor, "powersave");
  EXPECT_EQ(words.os, "Debian GNU/Linux 12 (bookworm), Linux 6.1.0-13");
}

}  // namespace
}  // namespace reelbatch::measure
