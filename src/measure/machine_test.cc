#include "measure/machine.h"

#include <gtest/gtest.h>

#include <fstream>

namespace reelbatch::measure {
namespace {

namespace fs = std::filesystem;

TEST(Machine, ParsesCpuLimits) {
  EXPECT_DOUBLE_EQ(ParseCpuMax("150000 100000\n").value(), 1.5);
  EXPECT_FALSE(ParseCpuMax("max 100000\n"));
  EXPECT_FALSE(ParseCpuMax(""));
  EXPECT_FALSE(ParseCpuMax("100000"));
  EXPECT_FALSE(ParseCpuMax("100000 0"));
  EXPECT_DOUBLE_EQ(ParseCfsQuota("400000\n", "100000\n").value(), 4);
  EXPECT_FALSE(ParseCfsQuota("-1\n", "100000\n"));
}

TEST(Machine, ParsesMemory) {
  EXPECT_EQ(ParseMemoryLimit("1073741824\n"), 1073741824);
  EXPECT_FALSE(ParseMemoryLimit("max\n"));
  EXPECT_FALSE(ParseMemoryLimit("9223372036854771712\n"));
  EXPECT_FALSE(ParseMemoryLimit(""));
  constexpr std::string_view kMeminfo =
      "MemTotal:       2048 kB\nMemAvailable:    1024 kB\nHuge: 3\n";
  EXPECT_EQ(MeminfoField(kMeminfo, "MemAvailable"), 1024 * 1024);
  EXPECT_FALSE(MeminfoField(kMeminfo, "Mem"));
  EXPECT_FALSE(MeminfoField(kMeminfo, "Huge"));
}

TEST(Machine, FindsItsCgroup) {
  constexpr std::string_view kV1 = "4:memory:/docker/x\n2:cpu,cpuacct:/docker/y:z\n0::/w\n";
  EXPECT_EQ(CgroupPath(kV1, "cpu"), "/docker/y:z");
  EXPECT_EQ(CgroupPath(kV1, "memory"), "/docker/x");
  EXPECT_EQ(CgroupPath(kV1, ""), "/w");
  EXPECT_FALSE(CgroupPath("nonsense", ""));
}

class MachineTree : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) /
            testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root_);
  }
  void TearDown() override { fs::remove_all(root_); }
  void Put(const fs::path& path, std::string_view text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  fs::path root_;
};

TEST_F(MachineTree, TheTightestLimitOfTheAncestorsCounts) {
  Put("proc/self/cgroup", "0::/a/b\n");
  Put("proc/meminfo", "MemTotal: 8388608 kB\nMemAvailable: 4194304 kB\n");
  Put("sys/fs/cgroup/a/cpu.max", "50000 100000\n");
  Put("sys/fs/cgroup/a/b/cpu.max", "800000 100000\n");
  Put("sys/fs/cgroup/a/memory.max", "1000000\n");
  Put("sys/fs/cgroup/a/memory.current", "700000\n");
  Put("sys/fs/cgroup/a/memory.stat", "anon 5\ninactive_file 200000\n");
  Put("sys/fs/cgroup/a/b/memory.max", "max\n");
  const Machine machine = ReadMachine(root_);
  EXPECT_EQ(machine.cores_allowed, 1);
  EXPECT_DOUBLE_EQ(machine.cpu_quota.value(), 0.5);
  EXPECT_EQ(machine.memory_limit, 1000000);
  EXPECT_EQ(machine.memory_available, 500000);
  EXPECT_EQ(machine.memory_total, int64_t{8} << 30);
}

TEST_F(MachineTree, ReadsTheOldHierarchy) {
  Put("proc/self/cgroup", "4:memory:/x\n3:cpu,cpuacct:/x\n");
  Put("proc/meminfo", "MemTotal: 8388608 kB\nMemAvailable: 4194304 kB\n");
  Put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n");
  Put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  Put("sys/fs/cgroup/memory/memory.limit_in_bytes", "2000000\n");
  Put("sys/fs/cgroup/memory/memory.usage_in_bytes", "500000\n");
  const Machine machine = ReadMachine(root_);
  EXPECT_EQ(machine.cores_allowed, 1);
  EXPECT_EQ(machine.memory_available, 1500000);
}

TEST_F(MachineTree, NothingReadableStillGivesAnAnswer) {
  const Machine machine = ReadMachine(root_);
  EXPECT_GE(machine.cores_allowed, 1);
  EXPECT_GT(machine.memory_available, 0);
  EXPECT_EQ(machine.cpu_model, "unknown");
}

}  // namespace
}  // namespace reelbatch::measure
