# The imitation of libcuda that the driver is tested on.
find_package(Threads REQUIRED)
add_library(portico_mock_libcuda MODULE ${CMAKE_CURRENT_LIST_DIR}/mock_libcuda.c)
target_compile_options(portico_mock_libcuda PRIVATE -Wall -Wextra)
# Hidden by default, its entry points are what it is for.
set_target_properties(portico_mock_libcuda PROPERTIES C_VISIBILITY_PRESET default
                      LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
target_link_libraries(portico_mock_libcuda PRIVATE Threads::Threads)
add_dependencies(portico-test portico_mock_libcuda)
target_compile_definitions(portico-test PRIVATE
  PORTICO_MOCK_LIBCUDA="$<TARGET_FILE:portico_mock_libcuda>")
